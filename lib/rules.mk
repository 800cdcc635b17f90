# SPDX-License-Identifier: GPL-2.0-only
#
# libptwalk: static (build/libptwalk.a) and shared (build/libptwalk.so.0), from
# the same objects, with the core inside. Included by the Makefile at the top.

LIB_SRC := $(wildcard lib/*.c)
LIB_OBJ := $(LIB_SRC:%.c=$(B)/%.o)
# The core once more, fit for a shared object.
LIB_CORE_OBJ := $(CORE_SRC:%.c=$(B)/lib/%.o)
LIB_CFLAGS := -fPIC -fvisibility=hidden -Iinclude -D_GNU_SOURCE
PTWALK_VERSION := $(shell sed -n 's/^\#define PTWALK_VERSION "\(.*\)"/\1/p' include/ptwalk.h)

.PHONY: lib
lib: $(B)/libptwalk.a $(B)/libptwalk.so.0 $(B)/libptwalk.so
all: lib

$(B)/libptwalk.a: $(LIB_OBJ) $(LIB_CORE_OBJ)
	rm -f $@
	$(AR) rcs $@ $^

$(B)/libptwalk.so.0: $(LIB_OBJ) $(LIB_CORE_OBJ) lib/libptwalk.map
	$(CC) $(CFLAGS) $(LDFLAGS) -shared -Wl,-soname,libptwalk.so.0 -Wl,-z,defs \
		-Wl,--version-script=lib/libptwalk.map -o $@ $(LIB_OBJ) $(LIB_CORE_OBJ)

$(B)/libptwalk.so: $(B)/libptwalk.so.0
	ln -sf libptwalk.so.0 $@

$(B)/lib/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LIB_CFLAGS) -MMD -MP -c -o $@ $<

$(B)/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) $(LIB_CFLAGS) -MMD -MP -c -o $@ $<

-include $(LIB_OBJ:.o=.d) $(LIB_CORE_OBJ:.o=.d)
