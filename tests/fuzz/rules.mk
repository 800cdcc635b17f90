# SPDX-License-Identifier: GPL-2.0-only
#
# libFuzzer targets: the core, the fake memory and the model compiled again with
# clang. Included by the Makefile at the top, after tests/unit/rules.mk.

FUZZ_SAN := -fsanitize=address,undefined -fno-sanitize-recover=all

FUZZ_DIR := $(B)/tests/fuzz
FUZZ_PROGRAMS := $(FUZZ_DIR)/fuzz_walk
FUZZ_OBJ := $(addprefix $(FUZZ_DIR)/unit/,mem.o model.o show.o) $(CORE_SRC:%.c=$(FUZZ_DIR)/%.o)

FUZZERS += $(FUZZ_PROGRAMS)

$(FUZZ_PROGRAMS): %: %.o $(FUZZ_OBJ)
	$(CLANG) $(CFLAGS) $(FUZZ_SAN) -fsanitize=fuzzer -o $@ $^

$(FUZZ_DIR)/core/%.o: core/%.c
	@mkdir -p $(@D)
	$(CLANG) $(CFLAGS) $(FUZZ_SAN) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

# What judges is not what is explored: no coverage of it.
$(FUZZ_DIR)/unit/%.o: tests/unit/%.c
	@mkdir -p $(@D)
	$(CLANG) $(CFLAGS) $(FUZZ_SAN) -MMD -MP -c -o $@ $<

$(FUZZ_DIR)/%.o: tests/fuzz/%.c
	@mkdir -p $(@D)
	$(CLANG) $(CFLAGS) $(FUZZ_SAN) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<

-include $(wildcard $(FUZZ_DIR)/*.d $(FUZZ_DIR)/unit/*.d $(FUZZ_DIR)/core/*.d)
