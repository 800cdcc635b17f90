# SPDX-License-Identifier: GPL-2.0-only
#
# Unit tests: cmocka, and the core compiled again under AddressSanitizer and
# UndefinedBehaviorSanitizer. Included by the Makefile at the top.

SAN := -fsanitize=address,undefined -fno-sanitize-recover=all

UNIT_DIR := $(B)/tests/unit
UNIT_NAMES := format decode soft walk translate scan scan_merge scan_work sweep property
UNIT_PROGRAMS := $(UNIT_NAMES:%=$(UNIT_DIR)/test_%)
UNIT_SHARED := $(addprefix $(UNIT_DIR)/,hand.o mem.o model.o show.o stream.o tree.o)
UNIT_CORE := $(CORE_SRC:%.c=$(UNIT_DIR)/%.o)

UNIT_TESTS += $(UNIT_PROGRAMS)

$(UNIT_PROGRAMS): %: %.o $(UNIT_SHARED) $(UNIT_CORE)
	$(CC) $(CFLAGS) $(SAN) -o $@ $^ -lcmocka

$(UNIT_DIR)/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SAN) -MMD -MP -c -o $@ $<

$(UNIT_DIR)/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SAN) -MMD -MP -c -o $@ $<

# Of the library and the command: linked with the library, sanitized too.
LIB_UNIT_NAMES += lib_numbers lib_elf lib_kcore lib_map lib_cache
# Images: their memory, what is found in it, what was saved of it.
LIB_UNIT_NAMES += lib_phys
LIB_UNIT_NAMES += lib_notes lib_flattened lib_kdump lib_gdb
LIB_UNIT_NAMES += lib_symbols lib_tasks
LIB_UNIT_NAMES += lib_phys_elf lib_phys_lime lib_phys_raw
LIB_UNIT_NAMES += lib_translate
LIB_UNIT_PROGRAMS = $(LIB_UNIT_NAMES:%=$(UNIT_DIR)/test_%)
LIB_UNIT_OBJ := $(LIB_SRC:%.c=$(UNIT_DIR)/%.o) $(UNIT_DIR)/cli/numbers.o $(UNIT_DIR)/corefile.o
LIB_UNIT_OBJ += $(UNIT_DIR)/kernelbytes.o $(UNIT_DIR)/btfbytes.o
LIB_UNIT_OBJ += $(UNIT_DIR)/dumpfile.o $(UNIT_DIR)/physcheck.o
$(UNIT_DIR)/physcheck.o $(UNIT_DIR)/kernelbytes.o: CFLAGS += -Iinclude

UNIT_TESTS += $(LIB_UNIT_PROGRAMS)

$(UNIT_DIR)/test_lib_gdb: $(UNIT_DIR)/gdb_stub.o

$(LIB_UNIT_PROGRAMS): %: %.o $(LIB_UNIT_OBJ) $(UNIT_CORE)
	$(CC) $(CFLAGS) $(SAN) -o $@ $^ -lcmocka

$(UNIT_DIR)/test_lib_%.o: tests/unit/test_lib_%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SAN) -Iinclude -D_GNU_SOURCE -MMD -MP -c -o $@ $<

$(UNIT_DIR)/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SAN) -Iinclude -D_GNU_SOURCE -MMD -MP -c -o $@ $<

$(UNIT_DIR)/cli/%.o: cli/%.c
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(SAN) -Iinclude -D_GNU_SOURCE -MMD -MP -c -o $@ $<

include tests/unit/space.mk
include tests/unit/roots.mk

-include $(wildcard $(UNIT_DIR)/lib/*.d $(UNIT_DIR)/cli/*.d)
-include $(wildcard $(UNIT_DIR)/*.d $(UNIT_DIR)/core/*.d)
