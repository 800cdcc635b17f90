// SPDX-License-Identifier: GPL-2.0-only
/* lab_dma.c - coherent memory, for a device of our own that does nothing with it. */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/platform_device.h>

#include "lab_dma.h"
#include "lab_object.h"

static struct platform_device *lab_device;

int lab_device_init(void)
{
	int err;

	lab_device = platform_device_register_simple("ptwalk_lab", PLATFORM_DEVID_NONE, NULL, 0);
	if (IS_ERR(lab_device))
		return PTR_ERR(lab_device);
	/* It reaches all memory, so none is chosen for its sake. */
	err = dma_coerce_mask_and_coherent(&lab_device->dev, DMA_BIT_MASK(64));
	if (err)
		lab_device_deinit();
	return err;
}

void lab_device_deinit(void)
{
	platform_device_unregister(lab_device);
}

int lab_dma_alloc(struct lab_object *o)
{
	o->memory = dma_alloc_coherent(&lab_device->dev, o->seen.bytes, &o->dma,
				       GFP_KERNEL | __GFP_NOWARN);
	return o->memory ? 0 : -ENOMEM;
}

void lab_dma_free(struct lab_object *o)
{
	dma_free_coherent(&lab_device->dev, o->seen.bytes, o->memory, o->dma);
}
