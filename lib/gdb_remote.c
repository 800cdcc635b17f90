// SPDX-License-Identifier: GPL-2.0-only
/*
 * gdb_remote.c - packets to and from a gdbstub. Source: GDB's manual, "Remote Protocol"
 * (13.1): $DATA#CHECKSUM, `}` before an escaped byte, `*` before a run's length.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "gdb_remote.h"

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* It went wrong for good: the bytes that follow could be anything. */
static int give_up(struct gdb_remote *r, int code, const char *what, struct ptwalk_error *err)
{
	r->broken = code;
	return fail(err, code, "the gdbstub at %s %s", r->name, what);
}

static int wait_for(struct gdb_remote *r, short events, struct ptwalk_error *err)
{
	struct pollfd p = { .fd = r->fd, .events = events };

	for (;;) {
		int64_t left = r->deadline_ms - now_ms();
		int n = left > 0 ? poll(&p, 1, (int)left) : 0;

		if (n > 0)
			return 0;
		if (n == 0)
			return give_up(r, -ETIMEDOUT, "does not answer", err);
		if (errno != EINTR)
			return give_up(r, -errno, strerror(errno), err);
	}
}

/* Says what is waiting to be said. */
static int flush(struct gdb_remote *r, struct ptwalk_error *err)
{
	size_t done = 0;

	while (done < r->out_bytes) {
		ssize_t n = send(r->fd, r->out + done, r->out_bytes - done,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n >= 0) {
			done += n;
		} else if (errno == EAGAIN) {
			if (wait_for(r, POLLOUT, err) < 0)
				return r->broken;
		} else if (errno != EINTR) {
			return give_up(r, -ECONNRESET, "has hung up", err);
		}
	}
	r->out_bytes = 0;
	return 0;
}

int gdb_send(struct gdb_remote *r, const char *question, struct ptwalk_error *err)
{
	size_t length = strlen(question);
	unsigned char sum = 0;

	if (r->broken)
		return fail(err, r->broken, "the gdbstub at %s is lost", r->name);
	if (length > GDB_MAX_PACKET / 2)
		return fail(err, -EINVAL, "a question of %zu bytes is too long for a gdbstub",
			    length);
	if (sizeof(r->out) - r->out_bytes < length + 8 && flush(r, err) < 0)
		return r->broken;
	for (size_t i = 0; i < length; i++)
		sum += (unsigned char)question[i];
	r->out_bytes += sprintf(r->out + r->out_bytes, "$%s#%02x", question, sum);
	r->deadline_ms = now_ms() + r->answer_ms;
	return 0;
}

/* The next byte that the stub sent, or a negative errno. */
static int next_byte(struct gdb_remote *r, struct ptwalk_error *err)
{
	while (r->in_at == r->in_bytes) {
		ssize_t n;

		if (wait_for(r, POLLIN, err) < 0)
			return r->broken;
		n = recv(r->fd, r->in, sizeof(r->in), MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno == ECONNRESET))
			return give_up(r, -ECONNRESET, "has hung up", err);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return give_up(r, -errno, strerror(errno), err);
		r->in_at = 0;
		r->in_bytes = n > 0 ? n : 0;
	}
	return (unsigned char)r->in[r->in_at++];
}

static int digit(int c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Between packets stand acknowledgements, and nothing else. */
static int find_packet(struct gdb_remote *r, struct ptwalk_error *err)
{
	for (;;) {
		int c = next_byte(r, err);

		if (c < 0 || c == '$')
			return c < 0 ? c : 0;
		if (c == '-')
			return give_up(r, -EPROTO, "does not take our packets", err);
		if (c != '+')
			return give_up(r, -EPROTO, "sends what is no packet", err);
	}
}

static int check_sum(struct gdb_remote *r, unsigned char sum, struct ptwalk_error *err)
{
	int high = next_byte(r, err), low = high < 0 ? high : next_byte(r, err);

	if (low < 0)
		return low;
	high = digit(high);
	low = digit(low);
	if (high < 0 || low < 0 || 16 * high + low != sum)
		return give_up(r, -EPROTO, "sends a packet whose checksum is wrong", err);
	return 0;
}

/* A packet's bytes as they are taken in. */
struct packet {
	char *to;
	size_t room;
	size_t bytes;
	unsigned char sum;
};

static bool put(struct packet *p, int byte, unsigned int times)
{
	if (times > p->room - 1 - p->bytes)
		return false;
	memset(p->to + p->bytes, byte, times);
	p->bytes += times;
	return true;
}

/* What @c, which was read, stands for: 1, 0 at the end, or a negative errno. */
static int take(struct gdb_remote *r, struct packet *p, int c, struct ptwalk_error *err)
{
	unsigned int times = 1;

	if (c == '#')
		return 0;
	p->sum += (unsigned char)c;
	if (c == '}' || c == '*') {
		int next = next_byte(r, err);

		if (next < 0)
			return next;
		p->sum += (unsigned char)next;
		if (c == '*' && (!p->bytes || next < 32 || next > 126))
			return give_up(r, -EPROTO, "repeats what is not there", err);
		times = c == '*' ? (unsigned int)next - 29 : 1;
		c = c == '*' ? (unsigned char)p->to[p->bytes - 1] : next ^ 0x20;
	}
	if (!put(p, c, times))
		return give_up(r, -EPROTO, "sends more than was asked for", err);
	return 1;
}

static int receive_one(struct gdb_remote *r, struct packet *p, struct ptwalk_error *err)
{
	int ret = find_packet(r, err);

	if (ret < 0)
		return ret;
	p->bytes = 0;
	p->sum = 0;
	do {
		ret = next_byte(r, err);
		if (ret >= 0)
			ret = take(r, p, ret, err);
	} while (ret > 0);
	if (ret == 0)
		ret = check_sum(r, p->sum, err);
	if (ret < 0)
		return ret;
	p->to[p->bytes] = '\0';
	if (!r->no_ack && r->out_bytes < sizeof(r->out))
		r->out[r->out_bytes++] = '+';
	return 0;
}

/* That the machine stopped, which answers no question of ours. */
static bool is_stop(const struct packet *p)
{
	return p->bytes >= 3 && (p->to[0] == 'T' || p->to[0] == 'S') && digit(p->to[1]) >= 0 &&
	       digit(p->to[2]) >= 0;
}

int gdb_receive(struct gdb_remote *r, char *answer, size_t room, struct ptwalk_error *err)
{
	struct packet p = { .to = answer, .room = room };
	int ret;

	if (r->broken)
		return fail(err, r->broken, "the gdbstub at %s is lost", r->name);
	ret = flush(r, err);
	if (ret < 0)
		return ret;
	for (unsigned int stops = 0; stops < 16; stops++) {
		ret = receive_one(r, &p, err);
		if (ret < 0)
			return ret;
		if (!is_stop(&p)) {
			r->answered = true;
			return (int)p.bytes;
		}
		r->stopped_it = true;
	}
	return give_up(r, -EPROTO, "tells again and again that the machine stopped", err);
}

int gdb_ask(struct gdb_remote *r, const char *question, char *answer, size_t room,
	    struct ptwalk_error *err)
{
	int ret = gdb_send(r, question, err);

	return ret < 0 ? ret : gdb_receive(r, answer, room, err);
}

int gdb_unhex(const char *digits, size_t n, void *buffer, size_t room)
{
	unsigned char *to = buffer;

	if (n % 2 || n / 2 > room)
		return -EPROTO;
	for (size_t i = 0; i < n / 2; i++) {
		int high = digit(digits[2 * i]), low = digit(digits[2 * i + 1]);

		if (high < 0 || low < 0)
			return -EPROTO;
		to[i] = (unsigned char)(16 * high + low);
	}
	return (int)(n / 2);
}

void gdb_take(struct gdb_remote *r, int fd, const char *name)
{
	memset(r, 0, sizeof(*r));
	r->fd = fd;
	r->name = name;
	r->answer_ms = GDB_ANSWER_MS;
	r->packet_bytes = 400;
}

void gdb_disconnect(struct gdb_remote *r)
{
	if (r->fd >= 0)
		close(r->fd);
	r->fd = -1;
	r->broken = -ENOTCONN;
}
