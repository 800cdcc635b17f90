# SPDX-License-Identifier: GPL-2.0-only
#
# libFuzzer targets: what they explore is compiled again with clang, once, and shared
# by them. Included by the Makefile at the top, after lib/rules.mk and tests/unit/rules.mk.
#
# A new target is a file tests/fuzz/fuzz_NAME.c, which is linked with the core and the
# library; its seeds are made by seed_NAME, a script here, or by seed_NAME.c. It gets a
# line in tests/plan. Whatever else it is linked with is named below.

FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all
FUZZ_CFLAGS := -Iinclude -D_GNU_SOURCE

FUZZ_DIR := $(B)/tests/fuzz
FUZZ_PROGRAMS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_SEEDS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/fuzz/seed_*.c))
FUZZ_CORE := $(CORE_SRC:%.c=$(FUZZ_DIR)/%.o)
FUZZ_LIB := $(LIB_SRC:%.c=$(FUZZ_DIR)/%.o)

FUZZERS += $(FUZZ_PROGRAMS) $(FUZZ_SEEDS)

$(FUZZ_PROGRAMS): %: %.o $(FUZZ_CORE)
	$(CLANG) $(CFLAGS) $(FUZZ_SAN) -fsanitize=fuzzer $(FUZZ_LINK) -o $@ $^

$(FUZZ_SEEDS): %: %.o $(FUZZ_DIR)/seeds.o $(FUZZ_DIR)/unit/dumpfile.o
	$(CLANG) $(CFLAGS) $(FUZZ_SAN) -o $@ $^

$(FUZZ_DIR)/seed_kallsyms: $(FUZZ_DIR)/unit/kernelbytes.o
$(FUZZ_DIR)/seed_btf: $(FUZZ_DIR)/unit/btfbytes.o

# What the targets are linked with: the library, but for the core's own; and more.
$(filter-out %/fuzz_walk,$(FUZZ_PROGRAMS)): $(FUZZ_LIB)

$(FUZZ_DIR)/fuzz_walk: $(addprefix $(FUZZ_DIR)/unit/,mem.o model.o show.o)
$(FUZZ_DIR)/fuzz_root: $(FUZZ_DIR)/unit/mem.o

# In these the file that is mapped is the fuzzer's input: image_bytes.c.
FUZZ_IMAGES := $(addprefix $(FUZZ_DIR)/,fuzz_elf fuzz_lime fuzz_raw fuzz_kdump fuzz_flattened)
$(FUZZ_IMAGES): $(FUZZ_DIR)/image_bytes.o $(FUZZ_DIR)/unit/physcheck.o
$(FUZZ_IMAGES): FUZZ_LINK := -Wl,--wrap=mapped_file_open,--wrap=mapped_file_close

$(FUZZ_DIR)/fuzz_gdb: $(FUZZ_DIR)/unit/physcheck.o

$(FUZZ_DIR)/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(CLANG) $(CFLAGS) $(FUZZ_SAN) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

$(FUZZ_DIR)/lib/%.o: lib/%.c
	@mkdir -p $(@D)
	$(CLANG) $(CFLAGS) $(FUZZ_CFLAGS) $(FUZZ_SAN) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

# What judges is not what is explored: no coverage of it.
$(FUZZ_DIR)/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(CLANG) $(CFLAGS) $(FUZZ_CFLAGS) $(FUZZ_SAN) -MMD -MP -c -o $@ $<

$(FUZZ_DIR)/seed%.o: tests/fuzz/seed%.c
	@mkdir -p $(@D)
	$(CLANG) $(CFLAGS) $(FUZZ_CFLAGS) $(FUZZ_SAN) -MMD -MP -c -o $@ $<

$(FUZZ_DIR)/%.o: tests/fuzz/%.c
	@mkdir -p $(@D)
	$(CLANG) $(CFLAGS) $(FUZZ_CFLAGS) $(FUZZ_SAN) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

-include $(wildcard $(FUZZ_DIR)/*.d $(addprefix $(FUZZ_DIR)/,unit/*.d core/*.d lib/*.d))
