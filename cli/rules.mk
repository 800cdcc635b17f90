# SPDX-License-Identifier: GPL-2.0-only
#
# The command: build/ptwalk, with the library inside. Included by the Makefile.

CLI_SRC := $(wildcard cli/*.c)
CLI_OBJ := $(CLI_SRC:%.c=$(B)/%.o)

# Linked in where there is an archive of it: a library more to load is a twentieth of the
# time to the first answer.
JANSSON = $(or $(wildcard $(shell pkg-config --variable=libdir jansson)/libjansson.a), \
	$(shell pkg-config --libs jansson))

all: $(B)/ptwalk

$(B)/ptwalk: $(CLI_OBJ) $(B)/libptwalk.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(JANSSON)

$(B)/cli/%.o: cli/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -Iinclude -D_GNU_SOURCE -MMD -MP -c -o $@ $<

-include $(CLI_OBJ:.o=.d)
