/* SPDX-License-Identifier: GPL-2.0-only */
/* lab_dma.h - the rows of lab_alloc.c that need a device. */
#ifndef PTWALK_LAB_DMA_H
#define PTWALK_LAB_DMA_H

struct lab_object;

int lab_dma_alloc(struct lab_object *object);
void lab_dma_free(struct lab_object *object);

#endif
