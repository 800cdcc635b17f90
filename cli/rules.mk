# SPDX-License-Identifier: GPL-2.0-only
#
# The command: build/ptwalk, with the library inside. Included by the Makefile.

CLI_SRC := $(wildcard cli/*.c)
CLI_OBJ := $(CLI_SRC:%.c=$(B)/%.o)

all: $(B)/ptwalk

$(B)/ptwalk: $(CLI_OBJ) $(B)/libptwalk.a
	$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(shell pkg-config --libs jansson)

$(B)/cli/%.o: cli/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -Iinclude -D_GNU_SOURCE -MMD -MP -c -o $@ $<

-include $(CLI_OBJ:.o=.d)
