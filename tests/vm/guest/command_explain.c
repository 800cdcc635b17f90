// SPDX-License-Identifier: GPL-2.0-only
/*
 * command_explain.c - accesses that the processor refuses, and what it said: error code,
 * address and trap number, as the signal's context has them.
 *
 *	usage: command_explain KERNEL_ADDRESS
 *
 *	pid PID
 *	case NAME r|w|x ADDRESS		(all of them, before the first is made)
 *	ready				waits for SIGUSR1
 *	fine NAME
 *	fault NAME TRAP ERROR_CODE CR2	(hexadecimal)
 *	changed WHAT ADDRESS		(what a diff must find)
 *	done				waits to be killed
 */
#define _GNU_SOURCE
#include <err.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096UL
#define RET 0xc3

struct access {
	const char *name;
	char how;
	uintptr_t va;
};

static struct access accesses[32];
static unsigned int nr_accesses;
static sigjmp_buf back;
static volatile unsigned long trap, code, address;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	const greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;

	(void)signal;
	(void)info;
	trap = regs[REG_TRAPNO];
	code = regs[REG_ERR];
	address = regs[REG_CR2];
	siglongjmp(back, 1);
}

static void make(const struct access *a)
{
	if (sigsetjmp(back, 1)) {
		printf("fault %s %lx %lx %lx\n", a->name, trap, code, address);
		return;
	}
	if (a->how == 'r')
		(void)*(volatile char *)a->va;
	else if (a->how == 'w')
		*(volatile char *)a->va = RET;
	else
		((void (*)(void))a->va)();
	printf("fine %s\n", a->name);
}

static void *map(int protection)
{
	void *p = mmap(NULL, 4 * PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap");
	return p;
}

/* Four pages that are there, and then have these rights. */
static void *touched(int protection)
{
	void *p = map(PROT_READ | PROT_WRITE);

	memset(p, RET, 4 * PAGE);
	if (mprotect(p, 4 * PAGE, protection))
		err(1, "mprotect");
	return p;
}

static void add(const char *name, char how, const void *p)
{
	accesses[nr_accesses++] = (struct access){ name, how, (uintptr_t)p };
}

static void choose(char *kernel)
{
	char *plain = touched(PROT_READ | PROT_WRITE), *none = touched(PROT_NONE);
	char *readable = touched(PROT_READ), *code_page = touched(PROT_READ | PROT_EXEC);
	char *gone = touched(PROT_READ);

	munmap(gone, 4 * PAGE);
	add("read", 'r', plain + 5);
	add("write", 'w', plain + PAGE);
	add("execute", 'x', code_page + PAGE);
	add("read-code", 'r', code_page);
	add("write-code", 'w', code_page);
	add("write-readable", 'w', readable + 2 * PAGE);
	add("execute-data", 'x', plain);
	add("execute-readable", 'x', readable);
	add("read-none", 'r', none);
	add("write-none", 'w', none + PAGE);
	add("execute-none", 'x', none + 2 * PAGE);
	add("read-gone", 'r', gone);
	add("write-gone", 'w', gone);
	add("execute-gone", 'x', gone + PAGE);
	add("read-null", 'r', NULL);
	add("kernel-read", 'r', kernel);
	add("kernel-write", 'w', kernel);
	add("kernel-execute", 'x', kernel);
	add("gap-read", 'r', (char *)0x800000000000000);
	add("gap-write", 'w', (char *)0xf00000000000000);
}

static void change(void)
{
	char *p = touched(PROT_READ | PROT_WRITE);
	char *readable = (char *)accesses[0].va - 5;

	printf("changed appeared %lx\n", (unsigned long)p);
	if (mprotect(readable, 4 * PAGE, PROT_READ))
		err(1, "mprotect");
	printf("changed rights %lx\n", (unsigned long)readable);
	munmap((void *)accesses[2].va, PAGE);
	printf("changed vanished %lx\n", (unsigned long)accesses[2].va);
}

int main(int argc, char **argv)
{
	static char stack[1 << 16], output[1 << 14];
	struct sigaction action = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t other = { .ss_sp = stack, .ss_size = sizeof(stack) };
	sigset_t go;
	int signal;

	if (argc != 2)
		errx(1, "usage: command_explain KERNEL_ADDRESS");
	setvbuf(stdout, output, _IOFBF, sizeof(output));
	sigemptyset(&go);
	sigaddset(&go, SIGUSR1);
	sigprocmask(SIG_BLOCK, &go, NULL);
	sigaltstack(&other, NULL);
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	choose((char *)strtoul(argv[1], NULL, 16));
	printf("pid %d\n", getpid());
	for (unsigned int i = 0; i < nr_accesses; i++)
		printf("case %s %c %lx\n", accesses[i].name, accesses[i].how, accesses[i].va);
	printf("ready\n");
	fflush(stdout);
	sigwait(&go, &signal);
	for (unsigned int i = 0; i < nr_accesses; i++)
		make(&accesses[i]);
	change();
	printf("done\n");
	fflush(stdout);
	pause();
	return 0;
}
