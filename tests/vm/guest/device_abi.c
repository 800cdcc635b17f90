// SPDX-License-Identifier: GPL-2.0-only
/*
 * device_abi.c - what /dev/ptwalk refuses, and how; and that a 32-bit caller gets
 * the same answers. Ends with the lockdown of the VM, which nothing undoes.
 *
 * usage: device_abi [pti]
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "device.h"

static int fd;
static bool pti;
static struct ptwalk_ioc_info info;

/* What open() says to a child that first does @become: 0 or an errno. */
static int open_as(void (*become)(void))
{
	int status;
	pid_t child = fork();

	if (!child) {
		become();
		_exit(open(PTWALK_DEVICE, O_RDWR) < 0 ? errno : 0);
	}
	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		die("a child that opens the device");
	return WEXITSTATUS(status);
}

static void expect_open(const char *who, void (*become)(void), int want)
{
	int got = open_as(become);

	if (got != want)
		fail("open by %s: %s, not %s", who, strerror(got), strerror(want));
}

static void stay_root(void)
{
}

static void become_nobody(void)
{
	if (setresgid(65534, 65534, 65534) || setresuid(65534, 65534, 65534))
		_exit(111);
}

static void drop_sys_admin(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		_exit(111);
	data[0].effective &= ~(1U << CAP_SYS_ADMIN);
	if (syscall(SYS_capset, &head, data))
		_exit(111);
}

/* In a user namespace of one's own one has every capability, over that alone. */
static void become_root_of_a_namespace(void)
{
	if (unshare(CLONE_NEWUSER))
		_exit(112);
}

static void who_may_open(void)
{
	struct stat st;

	if (stat(PTWALK_DEVICE, &st) || (st.st_mode & 07777) != 0600 || st.st_uid || st.st_gid)
		fail("%s has mode %o, owner %u", PTWALK_DEVICE, st.st_mode, st.st_uid);
	expect_open("root", stay_root, 0);
	expect_open("nobody", become_nobody, EACCES);
	/* Even where somebody gave the file away. */
	chmod(PTWALK_DEVICE, 0666);
	expect_open("nobody, mode 0666", become_nobody, EPERM);
	expect_open("root without CAP_SYS_ADMIN", drop_sys_admin, EPERM);
	expect_open("root of a user namespace", become_root_of_a_namespace, EPERM);
	chmod(PTWALK_DEVICE, 0600);
}

static void unknown_calls(void)
{
	expect("call 99", ENOTTY, fd, _IO(PTWALK_IOC_MAGIC, 99), NULL);
	expect("INFO of another size", ENOTTY, fd, _IOR(PTWALK_IOC_MAGIC, 0, char[64]), &info);
	expect("WALK to be read only", ENOTTY, fd, _IOR(PTWALK_IOC_MAGIC, 1, char[48]), &info);
	expect("another's call", ENOTTY, fd, _IOR('T', 0, struct ptwalk_ioc_info), &info);
}

/* Every call with a struct where none is. */
static void bad_structs(void)
{
	static const unsigned long calls[] = { PTWALK_INFO, PTWALK_WALK, PTWALK_MAP, PTWALK_READ };
	char *end = low_memory(PAGE);
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		expect("NULL", EFAULT, fd, calls[i], NULL);
		expect("a kernel address", EFAULT, fd, calls[i], (void *)info.page_offset);
		expect("no address at all", EFAULT, fd, calls[i], (void *)(1UL << 62));
		expect("the end of memory", EFAULT, fd, calls[i], end + PAGE - 8);
	}
}

static u64 some_va;
static struct ptwalk_ioc_walk some_walk;
static struct ptwalk_ioc_range some_range;
static char some_bytes[64];

static struct ptwalk_ioc_walk_batch good_walk(void)
{
	return (struct ptwalk_ioc_walk_batch){
		.addresses = (uintptr_t)&some_va,
		.walks = (uintptr_t)&some_walk,
		.count = 1,
	};
}

static struct ptwalk_ioc_map good_map(void)
{
	return (struct ptwalk_ioc_map){
		.cursor = info.page_offset,
		.ranges = (uintptr_t)&some_range,
		.count = 1,
	};
}

static struct ptwalk_ioc_read good_read(void)
{
	return (struct ptwalk_ioc_read){
		.address = info.kernel_root + info.page_offset,
		.buffer = (uintptr_t)some_bytes,
		.length = sizeof(some_bytes),
	};
}

/* Each call as it is right but for one field. */
#define WITH(kind, call, want, field, value)                                           \
	do {                                                                           \
		struct ptwalk_ioc_##kind arg = good();                                 \
                                                                                       \
		arg.field = (value);                                                   \
		expect(#call ": " #field " = " #value, want, fd, PTWALK_##call, &arg); \
	} while (0)

static void walk_fields(void)
{
#define good good_walk
	WITH(walk_batch, WALK, 0, reserved, 0);
	WITH(walk_batch, WALK, EINVAL, reserved, 1);
	WITH(walk_batch, WALK, EINVAL, flags, 2);
	WITH(walk_batch, WALK, EINVAL, flags, 1U << 31);
	WITH(walk_batch, WALK, EINVAL, pages, 8);
	WITH(walk_batch, WALK, EFAULT, flags, PTWALK_WALK_PAGES);
	WITH(walk_batch, WALK, 0, count, 0);
	WITH(walk_batch, WALK, E2BIG, count, info.max_batch + 1);
	WITH(walk_batch, WALK, E2BIG, count, UINT32_MAX);
	WITH(walk_batch, WALK, EFAULT, addresses, 8);
	WITH(walk_batch, WALK, EFAULT, addresses, info.page_offset);
	WITH(walk_batch, WALK, EFAULT, walks, 8);
	WITH(walk_batch, WALK, EFAULT, walks, UINT64_MAX - 7);
	WITH(walk_batch, WALK, EINVAL, space.kind, 3);
	WITH(walk_batch, WALK, EINVAL, space.pid, 1);
#undef good
}

static void map_fields(void)
{
#define good good_map
	WITH(map, MAP, 0, reserved, 0);
	WITH(map, MAP, EINVAL, reserved, 1ULL << 63);
	WITH(map, MAP, EINVAL, flags, 2);
	WITH(map, MAP, EINVAL, count, 0);
	WITH(map, MAP, E2BIG, count, info.max_batch + 1);
	WITH(map, MAP, EFAULT, ranges, 8);
	WITH(map, MAP, EINVAL, end, info.page_offset - 1);
	WITH(map, MAP, 0, end, info.page_offset);
	WITH(map, MAP, EINVAL, space.kind, UINT32_MAX);
	WITH(map, MAP, EINVAL, space.pid, 1);
#undef good
}

static void read_fields(void)
{
#define good good_read
	WITH(read, READ, 0, reserved, 0);
	WITH(read, READ, EINVAL, reserved, 1);
	WITH(read, READ, EINVAL, flags, 2);
	WITH(read, READ, 0, length, 0);
	WITH(read, READ, EOVERFLOW, length, UINT64_MAX);
	WITH(read, READ, EFAULT, buffer, 8);
	WITH(read, READ, ENXIO, address, 8);
	WITH(read, READ, ENXIO, address, 1ULL << 62);
	WITH(read, READ, EOVERFLOW, address, UINT64_MAX);
	/* The last byte is the last one there is: nothing is mapped there. */
	WITH(read, READ, ENXIO, address, UINT64_MAX - sizeof(some_bytes) + 1);
	WITH(read, READ, EINVAL, space.kind, 4);
#undef good
}

/* By physical address: the local APIC is a device; that high there is nothing. */
static void physical_reads(void)
{
	struct ptwalk_ioc_read read = good_read();

	read.flags = PTWALK_READ_PHYSICAL;
	read.address = info.kernel_root;
	expect("READ of the root's frame", 0, fd, PTWALK_READ, &read);
	read.address = 0xfee00000;
	expect("READ of the APIC", EIO, fd, PTWALK_READ, &read);
	read.address = 0xa0000;
	expect("READ of the VGA hole", EIO, fd, PTWALK_READ, &read);
	read.address = 1ULL << info.pa_bits;
	expect("READ above all physical addresses", ENXIO, fd, PTWALK_READ, &read);
	read.address = 1ULL << 62;
	expect("READ of 1 << 62", ENXIO, fd, PTWALK_READ, &read);
	read.address = (1ULL << info.pa_bits) - PAGE;
	expect("READ of what could be and is not", EIO, fd, PTWALK_READ, &read);
	read.address = info.kernel_root;
	read.space = process_space(getpid());
	expect("READ of a process's physical memory", EINVAL, fd, PTWALK_READ, &read);
}

/* Spaces that are not there, by each of the three calls that take one. */
static void expect_space(const char *what, uint32_t kind, uint32_t pid, int want)
{
	struct ptwalk_ioc_walk_batch walk = good_walk();
	struct ptwalk_ioc_map map = good_map();
	struct ptwalk_ioc_read read = good_read();

	walk.space = map.space = read.space = (struct ptwalk_ioc_space){ kind, pid };
	read.length = 0;
	expect(what, want, fd, PTWALK_WALK, &walk);
	expect(what, want, fd, PTWALK_MAP, &map);
	expect(what, want, fd, PTWALK_READ, &read);
}

static void spaces(void)
{
	pid_t child = fork();

	if (!child)
		_exit(0);
	/* A zombie first, then nobody. */
	siginfo_t unused;

	waitid(P_PID, child, &unused, WEXITED | WNOWAIT);
	expect_space("a zombie", PTWALK_SPACE_PROCESS, child, ESRCH);
	waitpid(child, NULL, 0);
	expect_space("a process that is gone", PTWALK_SPACE_PROCESS, child, ESRCH);
	expect_space("pid 0", PTWALK_SPACE_PROCESS, 0, ESRCH);
	expect_space("pid 2^31", PTWALK_SPACE_PROCESS, 1U << 31, ESRCH);
	expect_space("pid 2^32 - 1", PTWALK_SPACE_PROCESS, UINT32_MAX, ESRCH);
	expect_space("a kernel thread", PTWALK_SPACE_PROCESS, 2, ESRCH);
	expect_space("init", PTWALK_SPACE_PROCESS, 1, 0);
	expect_space("itself", PTWALK_SPACE_PROCESS, getpid(), 0);
	expect_space("its user half", PTWALK_SPACE_USER, getpid(), pti ? 0 : EOPNOTSUPP);
	expect_space("nobody's user half", PTWALK_SPACE_USER, child, pti ? ESRCH : EOPNOTSUPP);
}

/* Pid 1 of a namespace: it is that itself, and nobody else has a number. */
static int ask_as_pid_1(void)
{
	struct ptwalk_ioc_walk_batch walk = good_walk();

	some_va = (uintptr_t)&some_walk;
	walk.space = process_space(1);
	expect("pid 1 of a namespace", 0, fd, PTWALK_WALK, &walk);
	if (some_walk.end != PTWALK_IS_LEAF)
		fail("pid 1 of a namespace is not the caller");
	walk.space = process_space(2);
	expect("pid 2 of a namespace", ESRCH, fd, PTWALK_WALK, &walk);
	return device_finish("a pid namespace");
}

/* Those whom a process makes after unshare() are in the namespace, not itself. */
static int ask_from_a_namespace(void)
{
	int status;
	pid_t child;

	if (unshare(CLONE_NEWPID))
		die("a pid namespace");
	child = fork();
	if (!child)
		exit(ask_as_pid_1());
	return waitpid(child, &status, 0) != child || status;
}

/* A pid is what the caller's namespace calls it, not the opener's. */
static void pid_namespaces(void)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child)
		exit(ask_from_a_namespace());
	if (waitpid(child, &status, 0) != child || status)
		fail("the process in a pid namespace");
}

#define MANY 200

/* The answers are to end in the middle of the third chunk, at a page that is not there. */
static void walk_is_cut_short(void)
{
	struct ptwalk_ioc_walk *walks = low_memory(5 * PAGE);
	struct ptwalk_ioc_walk_batch batch = { .walks = (uintptr_t)walks, .count = MANY };
	u64 *addresses = calloc(MANY, sizeof(*addresses));

	batch.addresses = (uintptr_t)addresses;
	expect("WALK into too little memory", 0, fd, PTWALK_WALK, &batch);
	if (!batch.done || batch.done > 5 * PAGE / sizeof(*walks))
		fail("WALK into 5 pages: %u done", batch.done);
	free(addresses);
}

static void map_is_cut_short(void)
{
	struct ptwalk_ioc_range *ranges = low_memory(PAGE);
	struct ptwalk_ioc_map map = {
		.cursor = info.page_offset,
		.ranges = (uintptr_t)ranges,
		.count = 4096,
	};

	expect("MAP into too little memory", 0, fd, PTWALK_MAP, &map);
	if (!map.done || map.done > PAGE / sizeof(*ranges) || map.over)
		fail("MAP into a page: %u done", map.done);
	if (map.done && map.cursor != ranges[map.done - 1].end)
		fail("MAP's cursor is not where its ranges end");
}

static void read_is_cut_short(void)
{
	char *buffer = low_memory(PAGE);
	char *page =
		mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ptwalk_ioc_space own = process_space(getpid());
	long long got;

	memset(page, 'p', 3 * PAGE);
	munmap(page + 2 * PAGE, PAGE);
	got = device_read(fd, own, (uintptr_t)page + 1, some_bytes, 0, 0);
	if (got)
		fail("READ of nothing: %lld", got);
	got = device_read(fd, own, (uintptr_t)page, buffer, 2 * PAGE, 0);
	if (got != PAGE)
		fail("READ into a page: %lld", got);
	buffer = malloc(3 * PAGE);
	got = device_read(fd, own, (uintptr_t)page + 100, buffer, 3 * PAGE, 0);
	if (got != 2 * PAGE - 100 || memcmp(buffer, page + 100, got))
		fail("READ up to what is not there: %lld", got);
	free(buffer);
}

/* The same bytes by the 32-bit gate: the structs are the same, and so is the way. */
static void caller_of_32_bits(void)
{
	struct {
		struct ptwalk_ioc_info info;
		struct ptwalk_ioc_walk_batch batch;
		struct ptwalk_ioc_walk walks[2];
		u64 addresses[2];
	} *low = low_memory(sizeof(*low));
	struct ptwalk_ioc_walk walk;
	int err = ioctl_32(fd, PTWALK_INFO, &low->info);

	if (err || memcmp(&low->info, &info, sizeof(info)))
		fail("INFO of 32 bits: %d, or other bytes", err);
	low->addresses[0] = info.page_offset + 0x1000;
	low->addresses[1] = (uintptr_t)low;
	low->batch = (struct ptwalk_ioc_walk_batch){
		.addresses = (uintptr_t)low->addresses,
		.walks = (uintptr_t)low->walks,
		.count = 2,
	};
	err = ioctl_32(fd, PTWALK_WALK, &low->batch);
	if (err || low->batch.done != 2)
		fail("WALK of 32 bits: %d, %u done", err, low->batch.done);
	walk = walk_one(fd, kernel_space(), low->addresses[0]);
	if (memcmp(&walk, &low->walks[0], sizeof(walk)))
		fail("WALK of 32 bits has other bytes");
	err = ioctl_32(fd, _IO(PTWALK_IOC_MAGIC, 99), NULL);
	if (err != -ENOTTY)
		fail("an unknown call of 32 bits: %d", err);
}

static void unloading(void)
{
	if (!syscall(SYS_delete_module, "ptwalk", O_NONBLOCK))
		die("rmmod while the device is open");
	if (errno != EWOULDBLOCK)
		fail("rmmod while the device is open: %s", strerror(errno));
}

static void lockdown(void)
{
	static const char path[] = "/sys/kernel/security/lockdown";
	static const char word[] = "confidentiality";
	int file = open(path, O_WRONLY);

	if (file < 0) {
		fail("%s: %s", path, strerror(errno));
		return;
	}
	if (write(file, word, strlen(word)) < 0)
		die("%s", path);
	close(file);
	expect_open("root, locked down", stay_root, EPERM);
}

int main(int argc, char **argv)
{
	pti = argc == 2 && !strcmp(argv[1], "pti");
	fd = device_open();
	device_info(fd, &info);
	who_may_open();
	unknown_calls();
	bad_structs();
	walk_fields();
	map_fields();
	read_fields();
	physical_reads();
	spaces();
	walk_is_cut_short();
	map_is_cut_short();
	read_is_cut_short();
	caller_of_32_bits();
	pid_namespaces();
	unloading();
	lockdown();
	return device_finish("what the device refuses");
}
