// SPDX-License-Identifier: GPL-2.0-only
/* device_lab_rules.c - refusals, the limit, owners, races, signals, want of memory. */
#include "device_lab.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void expect_refusal(int fd, struct ptwalk_ioc_lab_alloc ask, int wanted, const char *why)
{
	int err = call(fd, PTWALK_LAB_ALLOC, &ask);

	expect(err == wanted, "%s: %s", why, strerror(err));
}

static void test_refusals(int fd)
{
	const struct ptwalk_ioc_lab_alloc good = { .bytes = 64, .repeat = 1 };
	struct ptwalk_ioc_lab_alloc ask;
	struct ptwalk_ioc_lab_free nothing = { .reserved = 1 };
	struct ptwalk_ioc_lab_list list = { .count = (uint32_t)info(fd).max_batch + 1 };
	unsigned int allocator, bit;

#define REFUSED(field, value, wanted)                                             \
	do {                                                                      \
		ask = good;                                                       \
		ask.field = value;                                                \
		expect_refusal(fd, ask, wanted, "alloc with " #field " " #value); \
	} while (0)
	REFUSED(allocator, PTWALK_LAB_NR, EINVAL);
	REFUSED(allocator, ~0U, EINVAL);
	REFUSED(repeat, 0, EINVAL);
	REFUSED(repeat, PTWALK_LAB_MAX_REPEAT + 1, EINVAL);
	REFUSED(repeat, ~0U, EINVAL);
	REFUSED(reserved, 1, EINVAL);
	for (bit = 1; bit < 32; bit++)
		REFUSED(flags, 1U << bit, EINVAL);
	for (allocator = 0; allocator < PTWALK_LAB_STATIC_DATA; allocator++) {
		static const uint64_t huge[] = { ~0ULL, 1ULL << 63, (1ULL << 63) - 1, 1ULL << 46 };

		ask = good;
		ask.allocator = allocator;
		for (ask.bytes = 0; ask.bytes < 8; ask.bytes++)
			expect_refusal(fd, ask, EINVAL, allocator_names[allocator]);
		for (bit = 0; bit < 4; bit++) {
			ask.bytes = huge[bit];
			expect_refusal(fd, ask, E2BIG, allocator_names[allocator]);
		}
	}
	expect(call(fd, PTWALK_LAB_FREE, &nothing) == EINVAL, "free with reserved 1");
	expect(lab_free(fd, 0) == ENOENT && lab_free(fd, ~0ULL) == ENOENT,
	       "freed what is not there");
	expect(call(fd, PTWALK_LAB_LIST, &list) == E2BIG, "list of more than max_batch");
	list = (struct ptwalk_ioc_lab_list){ .reserved = 1 };
	expect(call(fd, PTWALK_LAB_LIST, &list) == EINVAL, "list with reserved 1");
	list = (struct ptwalk_ioc_lab_list){ .after = ~0ULL, .count = 1 };
	expect(!call(fd, PTWALK_LAB_LIST, &list) && !list.done, "something is after the last id");
}

/* Nothing that nobody was told of may stay. */
static void test_bad_pointers(int fd)
{
	struct ptwalk_ioc_lab_alloc *ask =
		mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ptwalk_ioc_lab_object *objects, o;
	struct ptwalk_ioc_lab_list list;
	uint64_t before = used(fd);
	unsigned int allocator, i, fit;

	expect(call(fd, PTWALK_LAB_ALLOC, NULL) == EFAULT, "alloc at NULL");
	expect(call(fd, PTWALK_LAB_LIST, NULL) == EFAULT, "list at NULL");
	expect(call(fd, PTWALK_LAB_FREE, NULL) == EFAULT, "free at NULL");
	for (allocator = 0; allocator < PTWALK_LAB_NR; allocator++) {
		mprotect(ask, 4096, PROT_READ | PROT_WRITE);
		*ask = (struct ptwalk_ioc_lab_alloc){ .allocator = allocator,
						      .bytes = 5000,
						      .repeat = 2 };
		ask->flags = allocator & 1 ? PTWALK_LAB_HOLD : 0;
		mprotect(ask, 4096, PROT_READ);
		expect(call(fd, PTWALK_LAB_ALLOC, ask) == EFAULT, "%s: answer to read-only memory",
		       allocator_names[allocator]);
	}
	expect(used(fd) == before && !lab_list(fd, &o, 1),
	       "what nobody was told of is still there");
	munmap(ask, 4096);

	/* The second page is not there: what fits before it is told. */
	objects = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap((char *)objects + 4096, 4096);
	fit = 4096 / sizeof(*objects);
	for (i = 0; i < 3 * fit; i++)
		lab_alloc(fd, PTWALK_LAB_KMALLOC, 8, 1, 0, &o);
	list = (struct ptwalk_ioc_lab_list){ .objects = (uintptr_t)objects, .count = 3 * fit };
	expect(!call(fd, PTWALK_LAB_LIST, &list) && list.done && list.done <= fit,
	       "list to half a buffer: %u", list.done);
	list = (struct ptwalk_ioc_lab_list){ .objects = 4096, .count = 3 * fit };
	expect(call(fd, PTWALK_LAB_LIST, &list) == EFAULT, "list to a bad pointer");
	for (i = 0; i < 3 * fit && lab_list(fd, objects, 1); i++)
		lab_free(fd, objects[0].id);
	expect(used(fd) == before, "after all were freed, %" PRIu64 " bytes are used", used(fd));
}

static void test_limit(int fd)
{
	uint64_t limit = info(fd).lab_limit, before = used(fd);
	struct ptwalk_ioc_lab_object o;
	int other = open_device(), err;
	unsigned int n = 0;

	expect(lab_alloc(fd, PTWALK_LAB_VMALLOC, limit + 1, 1, 0, &o) == ENOSPC,
	       "more than the limit");
	/* Held by one file and owned by another, it is one sum. */
	while (!(err = lab_alloc(n & 1 ? fd : other, PTWALK_LAB_VMALLOC, MIB, 1,
				 n % 4 == 2 ? PTWALK_LAB_HOLD : 0, &o)))
		n++;
	expect(err == ENOSPC && n == (limit - before) / MIB - 1, "the limit came after %u MiB: %s",
	       n, strerror(err));
	expect(used(fd) <= limit, "more is used than may be");
	close(other);
	expect(lab_alloc(fd, PTWALK_LAB_VMALLOC, MIB, 1, 0, &o) == 0, "closing gave nothing back");
	while (lab_list(fd, &o, 1))
		expect(!lab_free(fd, o.id), "cannot free what is listed");
	expect(used(fd) == before, "%" PRIu64 " bytes are used, not %" PRIu64, used(fd), before);
}

static void test_owners(int fd)
{
	struct ptwalk_ioc_lab_object own, held, seen[4];
	int other = open_device();
	uint64_t before = used(fd);

	lab_alloc(other, PTWALK_LAB_VMALLOC, 5000, 1, 0, &own);
	lab_alloc(other, PTWALK_LAB_KMALLOC, 5000, 1, PTWALK_LAB_HOLD, &held);
	expect(held.id > own.id, "ids do not grow");
	expect(lab_list(fd, seen, 4) == 1 && seen[0].id == held.id, "another file's is listed");
	expect(lab_list(other, seen, 4) == 2 && seen[0].id == own.id && seen[1].id == held.id,
	       "not listed by id");
	expect(lab_free(fd, own.id) == ENOENT, "another file's was freed");
	close(other);
	expect(lab_list(fd, seen, 4) == 1 && seen[0].id == held.id, "closing freed the wrong one");
	expect(lab_free(fd, own.id) == ENOENT, "closing did not free");
	expect(!lab_free(fd, held.id) && used(fd) == before, "what was held stays");
}

#define RACES 3000

struct race {
	int fd;
	uint64_t id;
	int started, ended; /* rounds; both threads wait for them without sleeping */
	int freed;
};

static void free_in_race(struct race *race)
{
	int err = lab_free(race->fd, race->id);

	expect(!err || err == ENOENT, "in a race: %s", strerror(err));
	if (!err)
		__atomic_fetch_add(&race->freed, 1, __ATOMIC_SEQ_CST);
}

static void await(const int *round, int wanted)
{
	while (__atomic_load_n(round, __ATOMIC_SEQ_CST) < wanted)
		__builtin_ia32_pause();
}

static void *racer(void *arg)
{
	struct race *race = arg;
	int i;

	for (i = 1; i <= RACES; i++) {
		await(&race->started, i);
		free_in_race(race);
		__atomic_store_n(&race->ended, i, __ATOMIC_SEQ_CST);
	}
	return NULL;
}

/* Two threads free the same object: one of them has it. */
static void test_double_free(int fd)
{
	struct race race = { .fd = fd };
	struct ptwalk_ioc_lab_object o = { 0 };
	pthread_t thread;
	int i;

	pthread_create(&thread, NULL, racer, &race);
	for (i = 1; i <= RACES; i++) {
		unsigned int allocator = i % 50 ? PTWALK_LAB_KMALLOC :
						  i / 50 % PTWALK_LAB_STATIC_DATA;
		int err = lab_alloc(fd, allocator, 300, 1, 0, &o);

		expect(!err, "%s: %s", allocator_names[allocator], strerror(err));
		race.id = o.id;
		__atomic_store_n(&race.started, i, __ATOMIC_SEQ_CST);
		free_in_race(&race);
		await(&race.ended, i);
		expect(race.freed == i, "freed %d of %d", race.freed, i);
		race.freed = i;
	}
	pthread_join(thread, NULL);
}

/* Some allocate and free, others list and close, all at once. */
static void *busy(void *arg)
{
	unsigned int seed = (uintptr_t)arg, i;
	struct ptwalk_ioc_lab_object o, seen[20];

	for (i = 0; i < 40; i++) {
		int fd = open_device(), n;

		for (n = rand_r(&seed) % 5; n >= 0; n--)
			lab_alloc(fd, rand_r(&seed) % PTWALK_LAB_NR, 8 + rand_r(&seed) % 30000, 1,
				  rand_r(&seed) % 2 ? PTWALK_LAB_HOLD : 0, &o);
		for (n = lab_list(fd, seen, 20); n > 0; n--)
			lab_free(fd, seen[n - 1].id);
		close(fd);
	}
	return NULL;
}

static void test_together(int fd)
{
	struct ptwalk_ioc_lab_object o;
	pthread_t threads[4];
	uintptr_t i;

	for (i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, busy, (void *)(i + 1));
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	while (lab_list(fd, &o, 1))
		lab_free(fd, o.id);
	expect(!used(fd), "%" PRIu64 " bytes are used when nothing is there", used(fd));
}

/* A long series ends when its caller is killed. */
static void test_killed(int fd)
{
	struct ptwalk_ioc_lab_object o;
	int status = 0, i;
	pid_t pid = fork();

	if (!pid) {
		lab_alloc(fd, PTWALK_LAB_VMALLOC, 32 * MIB, PTWALK_LAB_MAX_REPEAT, PTWALK_LAB_HOLD,
			  &o);
		_exit(0);
	}
	usleep(300000);
	expect(used(fd) >= 32 * MIB, "the series has not begun, or is over");
	kill(pid, SIGKILL);
	for (i = 0; i < 200 && waitpid(pid, &status, WNOHANG) != pid; i++)
		usleep(50000);
	expect(WIFSIGNALED(status), "it was not killed within 10 s");
	expect(!used(fd) && !lab_list(fd, &o, 1), "something is left of it");
}

static void test_repeats(int fd)
{
	unsigned int allocator;

	for (allocator = 0; allocator < PTWALK_LAB_STATIC_DATA; allocator++) {
		struct ptwalk_ioc_lab_object o = { 0 };
		unsigned int repeat = allocator ? 20 : PTWALK_LAB_MAX_REPEAT;
		int err = lab_alloc(fd, allocator, 16384, repeat, 0, &o);

		expect(!err && o.repeat == repeat && o.flags == (o.flags | PTWALK_LAB_HAS_TIMES),
		       "%s, %u times: %s", allocator_names[allocator], repeat, strerror(err));
		printf("%-18s 16384 bytes: %llu ns, first touch %llu, free %llu; %llu runs\n",
		       allocator_names[allocator], o.alloc_ns, o.touch_ns, o.free_ns, o.runs);
		lab_free(fd, o.id);
	}
}

void test_rules(int fd)
{
	expect(!used(fd), "%" PRIu64 " bytes are used before anything is there", used(fd));
	test_refusals(fd);
	test_bad_pointers(fd);
	test_limit(fd);
	test_owners(fd);
	test_double_free(fd);
	test_together(fd);
	test_killed(fd);
	test_repeats(fd);
}

/* With lab_limit=1048576: objects of 8 bytes cost more than that, and come to an end. */
void test_small_limit(int fd)
{
	struct ptwalk_ioc_lab_object o, seen[7];
	struct ptwalk_ioc_lab_list list = { .objects = (uintptr_t)seen, .count = 7 };
	unsigned int made = 0, listed = 0, i;
	uint64_t last = 0;
	int err;

	expect(info(fd).lab_limit == MIB, "lab_limit is %llu", info(fd).lab_limit);
	while (!(err = lab_alloc(fd, PTWALK_LAB_KMALLOC, 8, 1, made & 1, &o)))
		made++;
	expect(err == ENOSPC && made > 1000 && made < MIB / 128, "%u objects, then %s", made,
	       strerror(err));
	do {
		err = call(fd, PTWALK_LAB_LIST, &list);
		for (i = 0; i < list.done; i++) {
			expect(seen[i].id > last, "listed out of order");
			last = list.after = seen[i].id;
		}
		listed += list.done;
	} while (!err && list.done == 7);
	expect(!err && listed == made, "%u of %u are listed: %s", listed, made, strerror(err));
	printf("%u objects of 8 bytes in 1 MiB\n", made);
}

static void set_nth(int fd, int nth)
{
	char text[16];

	if (pwrite(fd, text, (size_t)snprintf(text, sizeof(text), "%d", nth), 0) < 0)
		exit(1);
}

static bool has_failed(int fd)
{
	char text[16] = "";

	return pread(fd, text, sizeof(text) - 1, 0) > 0 && !atoi(text);
}

/* As failnth.c: the first allocation of a call fails, then the second ... */
static void fail_each(int fd, int nth_fd, unsigned int allocator)
{
	uint64_t before = used(fd);
	int nth, refused = 0;
	bool failed = true;

	for (nth = 1; failed && nth < 2000; nth++) {
		struct ptwalk_ioc_lab_object o;
		int err;

		set_nth(nth_fd, nth);
		err = lab_alloc(fd, allocator, 20000, 1, 0, &o);
		failed = has_failed(nth_fd);
		set_nth(nth_fd, 0);
		expect(!err || (err == ENOMEM && failed), "%s: allocation %d failed: %s",
		       allocator_names[allocator], nth, strerror(err));
		refused += err == ENOMEM;
		if (!err && o.id)
			lab_free(fd, o.id);
		expect(used(fd) == before, "%s: allocation %d failed, and something counts",
		       allocator_names[allocator], nth);
	}
	expect(refused >= 1, "%s: no allocation of its own failed", allocator_names[allocator]);
	printf("%-18s %d allocations failed one by one, %d of the calls with them\n",
	       allocator_names[allocator], nth - 2, refused);
}

void test_failing_allocations(int fd)
{
	int nth_fd = open("/proc/thread-self/fail-nth", O_RDWR);
	unsigned int allocator;

	expect(nth_fd >= 0, "there is no fail-nth");
	for (allocator = 0; nth_fd >= 0 && allocator < PTWALK_LAB_NR; allocator++)
		fail_each(fd, nth_fd, allocator);
}
