// SPDX-License-Identifier: GPL-2.0-only
/*
 * usage: failnth FILE.ko [PARAMETERS]
 *
 * Loads a module again and again. At the first attempt the kernel fails the
 * first allocation that the loading makes, at the second one the second, and so
 * on, until a loading needs no more than were let pass. What loads is unloaded.
 * Documentation/fault-injection/fault-injection.rst of the kernel has fail-nth.
 *
 * Prints how many attempts there were and how many loaded. Exit status: 0, or 1
 * if a module cannot be unloaded, or an error is not of memory, or there is no
 * fault injection.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MOST_ATTEMPTS = 20000 };

static void die(const char *what)
{
	fprintf(stderr, "failnth: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int open_or_die(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		die(path);
	return fd;
}

/* Which allocation of this thread shall fail from now on; 0 is none. */
static void set_nth(int fd, int nth)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%d", nth);

	if (pwrite(fd, text, (size_t)length, 0) != length)
		die("fail-nth");
}

/* How many more were to be let pass: 0 when the failure has come. */
static int get_nth(int fd)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) <= 0)
		die("fail-nth");
	return atoi(text);
}

/* The name of the module in FOLDER/NAME.ko. */
static const char *name_of(const char *path)
{
	static char name[64];
	const char *base = strrchr(path, '/');

	snprintf(name, sizeof(name), "%s", base ? base + 1 : path);
	name[strcspn(name, ".")] = '\0';
	return name;
}

/* 1 if the module was loaded, 0 if not; sets *failed if an allocation failed. */
static int attempt(int nth_fd, int nth, const char *path, const char *params, int *failed)
{
	int fd = open_or_die(path, O_RDONLY), error;
	long result;

	set_nth(nth_fd, nth);
	result = syscall(SYS_finit_module, fd, params, 0);
	error = errno;
	*failed = get_nth(nth_fd) == 0;
	set_nth(nth_fd, 0);
	close(fd);

	if (result == 0) {
		if (syscall(SYS_delete_module, name_of(path), O_NONBLOCK))
			die("delete_module");
		return 1;
	}
	errno = error;
	if (error != ENOMEM || !*failed)
		die("finit_module");
	return 0;
}

int main(int argc, char **argv)
{
	int nth_fd, nth, failed, loaded = 0;

	if (argc < 2 || argc > 3) {
		fputs("usage: failnth FILE.ko [PARAMETERS]\n", stderr);
		return 1;
	}
	nth_fd = open_or_die("/proc/thread-self/fail-nth", O_RDWR);
	for (nth = 1; nth < MOST_ATTEMPTS; nth++) {
		loaded += attempt(nth_fd, nth, argv[1], argc > 2 ? argv[2] : "", &failed);
		if (!failed)
			break;
	}
	printf("%s: %d allocations failed one by one, %d of the loadings went on\n",
	       name_of(argv[1]), nth - 1, loaded - 1);
	return failed;
}
