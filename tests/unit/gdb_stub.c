// SPDX-License-Identifier: GPL-2.0-only
/*
 * gdb_stub.c - a gdbstub for tests.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gdb_stub.h"

static void say(struct stub *s, const char *bytes, size_t n)
{
	while (n) {
		ssize_t done = send(s->fd, bytes, n, MSG_NOSIGNAL);

		if (done <= 0)
			return;
		bytes += done;
		n -= (size_t)done;
	}
}

static void answer(struct stub *s, const char *text, int spoil)
{
	size_t n = strlen(text);
	char *packet = malloc(n + 8);
	unsigned char sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (unsigned char)text[i];
	snprintf(packet, n + 8, "+$%s#%02x", text, (unsigned char)(sum + spoil));
	say(s, packet, n + 5);
	free(packet);
}

static const char target[] =
	"l<?xml version=\"1.0\"?><target><architecture>i386:x86-64</architecture>"
	"<xi:include href=\"core.xml\"/></target>";

/* Two registers in a comment are none; numbers go on from regnum. */
static const char core[] =
	"<feature><!-- <reg name=\"cr0\"/>\n<reg name=\"x\"/> --><reg name=\"rax\" regnum=\"7\"/>"
	"<reg name=\"cr0\" bitsize=\"64\"/><reg name=\"cr2\"/><reg name=\"cr3\"/>"
	"<reg name=\"cr4\"/><reg name=\"efer\"/></feature>";

static const char mtree[] =
	"FlatView #0\r\n AS \"I/O\", root: io\r\n Root memory region: io\r\n"
	"  0000000000000000-0000000000000fff (prio 0, ram): none\r\n\r\n"
	"FlatView #1\r\n AS \"memory\", root: system\r\n AS \"cpu-memory-0\", root: system\r\n"
	" Root memory region: system\r\n"
	"  0000000000000000-000000000003ffff (prio 0, ram): m\r\n"
	"  00000000b0000000-00000000bfffffff (prio 0, i/o): pcie-mmcfg-mmio\r\n"
	"  00000000fee00000-00000000feefffff (prio 4096, i/o): apic-msi\r\n"
	"  00000000fffff000-00000000ffffffff (prio 0, rom): bios\r\n"
	"  0000000100000000-000000010003ffff (prio 0, ram): m @0000000000040000 KVM\r\n\r\n"
	"FlatView #2\r\n AS \"x\", root: y\r\n  0000000200000000-0000000200000fff (prio 0, ram): z\r\n";

/* Part of it each time, as a stub whose packets are small. */
static void tell_core(struct stub *s, const char *question)
{
	size_t at = strtoul(strchr(question, ':') + strlen(":features:read:core.xml:"), NULL, 16);
	char part[64];

	at = at < strlen(core) ? at : strlen(core);
	snprintf(part, sizeof(part), "%c%.50s", strlen(core + at) > 50 ? 'm' : 'l', core + at);
	answer(s, part, 0);
}

static void monitor_says(struct stub *s, const char *text)
{
	char packet[128];

	while (*text) {
		size_t n = strlen(text) < 50 ? strlen(text) : 50;

		packet[0] = 'O';
		for (size_t i = 0; i < n; i++)
			sprintf(packet + 1 + 2 * i, "%02x", (unsigned char)text[i]);
		answer(s, packet, 0);
		text += n;
	}
	answer(s, "OK", 0);
}

static bool tells_va(const struct stub *s, const char *command)
{
	if (strncmp(command, "gpa2hva ", 8) != 0)
		return false;
	return strstr(command, "0xfffff000") ? s->rom != NULL : s->told_va != 0;
}

static void monitor(struct stub *s, const char *hex)
{
	char command[128] = "", text[256];

	for (size_t i = 0; hex[2 * i] && hex[2 * i + 1] && i + 1 < sizeof(command); i++) {
		char two[3] = { hex[2 * i], hex[2 * i + 1] };

		command[i] = (char)strtoul(two, NULL, 16);
	}
	if (strcmp(command, "info mtree -f") == 0) {
		monitor_says(s, mtree);
	} else if (tells_va(s, command)) {
		unsigned long va = strstr(command, "0xfffff000") ? (unsigned long)s->rom :
								   s->told_va;

		snprintf(text, sizeof(text), "Host virtual address for %s (m) is 0x%lx\r\n",
			 command + 8, va);
		monitor_says(s, text);
	} else {
		monitor_says(s, "unknown command\r\n");
	}
}

static unsigned int byte_at(const struct stub *s, uint64_t pa)
{
	if (pa < STUB_LOW_BYTES)
		return s->memory[pa] ^ (s->lies ? 1 : 0);
	if (pa >= STUB_ROM_PA && pa < STUB_HIGH_PA)
		return s->rom ? s->rom[pa - STUB_ROM_PA] : 0;
	if (pa - STUB_HIGH_PA < STUB_BYTES - STUB_LOW_BYTES)
		return s->memory[pa - STUB_HIGH_PA + STUB_LOW_BYTES] ^ (s->lies ? 1 : 0);
	return 0;
}

static void tell_memory(struct stub *s, const char *question)
{
	char *end, *hex;
	uint64_t pa = strtoull(question + 1, &end, 16);
	unsigned long n = strtoul(end + 1, NULL, 16);

	s->reads++;
	if (n > 2048) {
		answer(s, "E22", 0);
		return;
	}
	hex = calloc(1, 2 * n + 1);
	for (unsigned long i = 0; i < n; i++)
		sprintf(hex + 2 * i, "%02x", byte_at(s, pa + i));
	answer(s, hex, 0);
	free(hex);
}

static void tell_register(struct stub *s, unsigned long number, unsigned int cpu)
{
	static const char * const values[2][5] = {
		{ "3300058000000000", "0000000000000000", "0010000000000000", "b006000000000000",
		  "010d000000000000" },
		{ "3300058000000000", "0000000000000000", "0120000000000000", "a006000000000000",
		  "010d000000000000" },
	};

	answer(s, number >= 8 && number < 13 ? values[cpu][number - 8] : "00000000", 0);
}

static bool is(const char *question, const char *begin)
{
	return strncmp(question, begin, strlen(begin)) == 0;
}

static bool answer_small(struct stub *s, const char *q)
{
	static const struct {
		const char *question;
		const char *answer;
	} fixed[] = {
		{ "qSupported", "PacketSize=1000;qXfer:features:read+" },
		{ "qXfer:features:read:target.xml:0,", target },
		{ "qfThreadInfo", "m01" },
		{ "qsThreadInfo", "" },
		{ "Hg", "OK" },
	};

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		if (*fixed[i].answer && is(q, fixed[i].question)) {
			answer(s, fixed[i].answer, 0);
			return true;
		}
	return false;
}

static void answer_good(struct stub *s, const char *q)
{
	static __thread unsigned int cpu, told;

	if (is(q, "qfThreadInfo"))
		told = 1;
	if (is(q, "Hg"))
		cpu = q[2] == '0' && q[3] == '2';
	if (answer_small(s, q))
		return;
	if (is(q, "qsThreadInfo"))
		answer(s, told++ == 1 ? "m02" : "l", 0);
	else if (is(q, "QStartNoAckMode"))
		answer(s, s->acks ? "" : "OK", 0);
	else if (is(q, "qqemu.PhyMemMode"))
		answer(s, s->physical ? "1" : "0", 0);
	else if (is(q, "Qqemu.PhyMemMode:")) {
		s->physical = q[17] == '1';
		answer(s, "OK", 0);
	} else if (is(q, "qXfer:features:read:core.xml:"))
		tell_core(s, q);
	else if (is(q, "qRcmd,"))
		monitor(s, q + 6);
	else if (*q == 'p')
		tell_register(s, strtoul(q + 1, NULL, 16), cpu);
	else if (*q == 'm')
		tell_memory(s, q);
	else if (*q == 'D') {
		s->running = true;
		answer(s, "OK", 0);
	} else
		answer(s, "", 0);
}

/* Returns false when the connection is to be cut. */
static bool go_wrong(struct stub *s)
{
	static const char stop[] = "$T05thread:01;#07";
	char many[8192];

	switch (s->wrong) {
	case STUB_BAD_SUM:
		answer(s, "OK", 1);
		return true;
	case STUB_GARBAGE:
		say(s, "\xff\xfe what?", 8);
		return true;
	case STUB_HANG_UP:
		say(s, "$0011", 5);
		return false;
	case STUB_OVERSIZE:
		memset(many, '0', sizeof(many));
		say(s, "$", 1);
		for (unsigned int i = 0; i < 8; i++)
			say(s, many, sizeof(many));
		return true;
	case STUB_ERROR:
		answer(s, "E14", 0);
		return true;
	case STUB_EMPTY:
		answer(s, "", 0);
		return true;
	case STUB_NOT_HEX:
		answer(s, "zzzzzzzzzzzzzzzz", 0);
		return true;
	case STUB_STOPS:
		for (unsigned int i = 0; i < 100; i++)
			say(s, stop, sizeof(stop) - 1);
		return true;
	default:
		return true;
	}
}

static bool answer_one(struct stub *s, const char *question)
{
	if (s->wrong != STUB_GOOD && is(question, s->wrong_at))
		return go_wrong(s);
	answer_good(s, question);
	return true;
}

/* Takes the packets out of what came; acknowledgements are passed over. */
static void *run(void *ctx)
{
	struct stub *s = ctx;
	char in[65536];
	size_t n = 0;
	bool on = true;

	if (!s->paused)
		say(s, "$T02thread:01;#04", 17);
	while (on) {
		ssize_t more = recv(s->fd, in + n, sizeof(in) - 1 - n, 0);
		char *begin, *end;

		if (more <= 0)
			break;
		n += (size_t)more;
		in[n] = '\0';
		while (on && (begin = memchr(in, '$', n)) &&
		       (end = memchr(begin, '#', n - (size_t)(begin - in))) && end + 2 < in + n) {
			*end = '\0';
			on = answer_one(s, begin + 1);
			n -= (size_t)(end + 3 - in);
			memmove(in, end + 3, n + 1);
		}
	}
	close(s->fd);
	return NULL;
}

int stub_start(struct stub *s)
{
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0)
		abort();
	s->fd = fds[0];
	if (pthread_create(&s->thread, NULL, run, s))
		abort();
	return fds[1];
}

void stub_join(struct stub *s)
{
	pthread_join(s->thread, NULL);
}
