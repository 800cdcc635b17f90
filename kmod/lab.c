// SPDX-License-Identifier: GPL-2.0-only
/* lab.c - the objects: their limit, ids, owners, and the calls of the ABI. */
#include <linux/errno.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/xarray.h>

#include "device.h"
#include "lab.h"
#include "lab_object.h"

static unsigned long lab_limit = 64 << 20;
module_param(lab_limit, ulong, 0444);
MODULE_PARM_DESC(lab_limit, "bytes that the laboratory may take, held objects included");

static DEFINE_MUTEX(lab_mutex);
static DEFINE_XARRAY(lab_objects); /* by id; under lab_mutex */
static u64 lab_used; /* likewise */
static u64 last_id; /* likewise */

/* ---- the limit ----------------------------------------------------------- */

/* Takes the object's share, with its own upkeep, and gives it an id. */
static int reserve(struct lab_object *object)
{
	int err = 0;

	object->taken = object->from->takes(object->seen.bytes) + sizeof(*object);
	mutex_lock(&lab_mutex);
	if (lab_used > lab_limit || object->taken > lab_limit - lab_used) {
		err = -ENOSPC;
	} else {
		lab_used += object->taken;
		object->seen.id = ++last_id;
	}
	mutex_unlock(&lab_mutex);
	return err;
}

static void unreserve(const struct lab_object *object)
{
	mutex_lock(&lab_mutex);
	lab_used -= object->taken;
	mutex_unlock(&lab_mutex);
}

void lab_usage(u64 *limit, u64 *used)
{
	mutex_lock(&lab_mutex);
	*limit = lab_limit;
	*used = lab_used;
	mutex_unlock(&lab_mutex);
}

/* ---- making and unmaking an object --------------------------------------- */

static int prepare(struct lab_object *object)
{
	return object->from->prepare ? object->from->prepare(object) : 0;
}

static void finish(struct lab_object *object)
{
	if (object->from->finish)
		object->from->finish(object);
}

/* What was in this memory before is nobody's business. */
static void clear(const struct lab_object *object)
{
	u64 at, piece;

	for (at = 0; at < object->seen.bytes; at += piece) {
		piece = min_t(u64, object->seen.bytes - at, PMD_SIZE);
		memset(object->memory + at, 0, piece);
		cond_resched();
	}
}

/* Prepared before; after an error it is so still. */
static int fill(struct lab_object *object, u32 rounds)
{
	int err = lab_time(object, rounds);

	if (!err)
		err = object->from->alloc(object);
	if (err)
		return err;
	clear(object);
	err = lab_look(object);
	if (err)
		object->from->free(object);
	return err;
}

static int make(struct lab_object *object, u32 rounds)
{
	int err = reserve(object);

	if (err)
		return err;
	err = prepare(object);
	if (err)
		goto unreserve;
	err = fill(object, rounds);
	if (err)
		goto finish;
	return 0;

finish:
	finish(object);
unreserve:
	unreserve(object);
	return err;
}

/* Of an object that is in the table no longer. */
static void unmake(struct lab_object *object)
{
	object->from->free(object);
	finish(object);
	unreserve(object);
	kfree(object);
}

/* ---- the table ----------------------------------------------------------- */

/* From here on another thread may free it. */
static int publish(struct lab_object *object)
{
	int err;

	mutex_lock(&lab_mutex);
	err = xa_err(xa_store(&lab_objects, object->seen.id, object, GFP_KERNEL));
	mutex_unlock(&lab_mutex);
	return err;
}

static bool visible(const struct lab_object *object, const struct file *file)
{
	return !object->owner || object->owner == file;
}

/* Whoever takes an object out is the one who unmakes it. NULL: there is none. */
static struct lab_object *take(const struct file *file, u64 id)
{
	struct lab_object *object;

	mutex_lock(&lab_mutex);
	object = xa_load(&lab_objects, id);
	if (object && visible(object, file))
		xa_erase(&lab_objects, id);
	else
		object = NULL;
	mutex_unlock(&lab_mutex);
	return object;
}

/* The next object that goes with @owner, from *@id on. */
static struct lab_object *take_next(const struct file *owner, unsigned long *id)
{
	struct lab_object *object;

	mutex_lock(&lab_mutex);
	xa_for_each_start(&lab_objects, *id, object, *id)
	{
		if (object->owner == owner) {
			xa_erase(&lab_objects, *id);
			break;
		}
		cond_resched();
	}
	mutex_unlock(&lab_mutex);
	return object;
}

static void unmake_all(const struct file *owner)
{
	struct lab_object *object;
	unsigned long id = 0;

	while ((object = take_next(owner, &id))) {
		unmake(object);
		cond_resched();
	}
}

void lab_release(struct file *file)
{
	unmake_all(file);
}

/* ---- PTWALK_LAB_ALLOC ---------------------------------------------------- */

static int check(const struct ptwalk_ioc_lab_alloc *ask)
{
	const struct lab_allocator *from;

	if (ask->reserved || ask->flags & ~PTWALK_LAB_HOLD || ask->allocator >= PTWALK_LAB_NR)
		return -EINVAL;
	if (!ask->repeat || ask->repeat > PTWALK_LAB_MAX_REPEAT)
		return -EINVAL;
	from = &lab_allocators[ask->allocator];
	if (!from->most)
		return 0;
	if (ask->bytes < 8)
		return -EINVAL;
	return ask->bytes > from->most() ? -E2BIG : 0;
}

/* Nothing is taken, so nothing is kept but the answer. */
static long find(const struct ptwalk_ioc_lab_alloc *ask, struct ptwalk_ioc_lab_object *answer)
{
	struct lab_object object = {
		.seen = { .allocator = ask->allocator },
		.from = &lab_allocators[ask->allocator],
	};
	int err = object.from->alloc(&object);

	if (!err)
		err = lab_look(&object);
	*answer = object.seen;
	return err;
}

/* The answer is a copy: once published, the object may be gone at any moment. */
static long keep(struct file *file, const struct ptwalk_ioc_lab_alloc *ask,
		 struct ptwalk_ioc_lab_object *answer)
{
	struct lab_object *object = kzalloc(sizeof(*object), GFP_KERNEL);
	int err;

	if (!object)
		return -ENOMEM;
	object->from = &lab_allocators[ask->allocator];
	object->owner = ask->flags & PTWALK_LAB_HOLD ? NULL : file;
	object->seen.allocator = ask->allocator;
	object->seen.flags = ask->flags;
	object->seen.bytes = ask->bytes;
	err = make(object, ask->repeat);
	if (err) {
		kfree(object);
		return err;
	}
	*answer = object->seen;
	err = publish(object);
	if (err)
		unmake(object);
	return err;
}

long lab_alloc(struct file *file, void __user *arg)
{
	struct ptwalk_ioc_lab_alloc __user *to = arg;
	struct ptwalk_ioc_lab_alloc ask;
	struct lab_object *object;
	long err;

	if (copy_from_user(&ask, arg, sizeof(ask)))
		return -EFAULT;
	err = check(&ask);
	if (err)
		return err;
	if (lab_allocators[ask.allocator].most)
		err = keep(file, &ask, &ask.object);
	else
		err = find(&ask, &ask.object);
	if (err)
		return err;
	if (!copy_to_user(&to->object, &ask.object, sizeof(ask.object)))
		return 0;

	/* Nobody was told the id, so nobody would free it. */
	object = ask.object.id ? take(file, ask.object.id) : NULL;
	if (object)
		unmake(object);
	return -EFAULT;
}

/* ---- PTWALK_LAB_LIST ----------------------------------------------------- */

#define LIST_CHUNK 16

/* The next objects with an id above @after. Return: how many. */
static u32 list_some(const struct file *file, u64 after, struct ptwalk_ioc_lab_object *objects,
		     u32 max)
{
	struct lab_object *object;
	unsigned long id = after;
	u32 n = 0;

	mutex_lock(&lab_mutex);
	xa_for_each_start(&lab_objects, id, object, id + 1)
	{
		if (visible(object, file))
			objects[n++] = object->seen;
		if (n == max)
			break;
		cond_resched();
	}
	mutex_unlock(&lab_mutex);
	return n;
}

static long list_all(const struct file *file, struct ptwalk_ioc_lab_list *ask,
		     struct ptwalk_ioc_lab_object *chunk)
{
	struct ptwalk_ioc_lab_object __user *to = u64_to_user_ptr(ask->objects);
	u64 after = ask->after;

	ask->done = 0;
	/* No id is above the last one; and id + 1 must not begin anew. */
	while (ask->done < ask->count && after != U64_MAX) {
		u32 n = list_some(file, after, chunk,
				  min_t(u32, ask->count - ask->done, LIST_CHUNK));

		if (!n)
			break;
		if (copy_to_user(to + ask->done, chunk, n * sizeof(*chunk)))
			return ask->done ? 0 : -EFAULT;
		ask->done += n;
		after = chunk[n - 1].id;
		if (fatal_signal_pending(current))
			return 0;
	}
	return 0;
}

long lab_list(struct file *file, void __user *arg)
{
	struct ptwalk_ioc_lab_list __user *to = arg;
	struct ptwalk_ioc_lab_object *chunk;
	struct ptwalk_ioc_lab_list ask;
	long err;

	if (copy_from_user(&ask, arg, sizeof(ask)))
		return -EFAULT;
	if (ask.reserved)
		return -EINVAL;
	if (ask.count > MAX_BATCH)
		return -E2BIG;
	chunk = kmalloc_array(LIST_CHUNK, sizeof(*chunk), GFP_KERNEL);
	if (!chunk)
		return -ENOMEM;
	err = list_all(file, &ask, chunk);
	kfree(chunk);
	if (!err && put_user(ask.done, &to->done))
		err = -EFAULT;
	return err;
}

/* ---- PTWALK_LAB_FREE ----------------------------------------------------- */

long lab_free(struct file *file, void __user *arg)
{
	struct ptwalk_ioc_lab_free ask;
	struct lab_object *object;

	if (copy_from_user(&ask, arg, sizeof(ask)))
		return -EFAULT;
	if (ask.reserved)
		return -EINVAL;
	object = take(file, ask.id);
	if (!object)
		return -ENOENT;
	unmake(object);
	return 0;
}

/* ---- load and unload ----------------------------------------------------- */

int lab_init(void)
{
	return lab_device_init();
}

void lab_deinit(void)
{
	/* Every file is closed, so what is left has no owner. */
	unmake_all(NULL);
	lab_device_deinit();
}
