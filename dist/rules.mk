# SPDX-License-Identifier: GPL-2.0-only
#
#   make man        the manual pages, into build/man (needs scdoc)
#   make install    all of it: the command, the library, its header and ptwalk.pc, the
#                   manual pages, completions, the udev rule, the module's source for DKMS
#   make uninstall  removes what `make install` with the same words put there
#
# DESTDIR stands in front of every path that is written to; no file names it. MAN=no
# leaves the manual pages out. Included by the Makefile, after lib/ and cli/.

PREFIX ?= /usr/local
BINDIR ?= $(PREFIX)/bin
LIBDIR ?= $(PREFIX)/lib
MANDIR ?= $(PREFIX)/share/man
BASHDIR ?= $(PREFIX)/share/bash-completion/completions
ZSHDIR ?= $(PREFIX)/share/zsh/site-functions
UDEVDIR ?= $(PREFIX)/lib/udev/rules.d
# DKMS looks in /usr/src alone. A prefix of one's own is for those who are not root.
DKMSDIR ?= $(if $(filter /usr /usr/local,$(PREFIX)),/usr/src,$(PREFIX)/src)
DKMS_SOURCE = $(DKMSDIR)/ptwalk-$(PTWALK_VERSION)

MAN ?= yes
MAN_PAGES := $(patsubst docs/man/%.scd,%,$(wildcard docs/man/*.scd))
# What ptwalk.ko is built from, by its path in the tree, but for what a build leaves there.
DKMS_FILES := LICENSE include/uapi/ptwalk.h kmod/Kbuild \
	$(filter-out %.mod.c,$(wildcard kmod/*.[ch] kmod/compat/*.[ch] core/*.[ch]))

# All that is installed, one word a file: MODE:SOURCE:TARGET.
INSTALLED = 755:$(B)/ptwalk:$(BINDIR)/ptwalk
INSTALLED += 755:$(B)/libptwalk.so.0:$(LIBDIR)/libptwalk.so.0
INSTALLED += 644:$(B)/dist/libptwalk.a:$(LIBDIR)/libptwalk.a
INSTALLED += 644:$(B)/dist/ptwalk.pc:$(LIBDIR)/pkgconfig/ptwalk.pc
INSTALLED += 644:include/ptwalk.h:$(PREFIX)/include/ptwalk.h
INSTALLED += 644:dist/completion/bash/ptwalk:$(BASHDIR)/ptwalk
INSTALLED += 644:dist/completion/zsh/_ptwalk:$(ZSHDIR)/_ptwalk
INSTALLED += 644:dist/60-ptwalk.rules:$(UDEVDIR)/60-ptwalk.rules
INSTALLED += 644:$(B)/dist/dkms.conf:$(DKMS_SOURCE)/dkms.conf
INSTALLED += 644:dist/dkms.Kbuild:$(DKMS_SOURCE)/Kbuild
INSTALLED += $(foreach f,$(DKMS_FILES),644:$(f):$(DKMS_SOURCE)/$(f))
ifneq ($(MAN),no)
INSTALLED += $(foreach p,$(MAN_PAGES),\
	644:$(B)/man/$(p):$(MANDIR)/man$(patsubst .%,%,$(suffix $(p)))/$(p))
endif
# The one that is no file.
INSTALLED_LINK = $(LIBDIR)/libptwalk.so

part = $(word $(1),$(subst :, ,$(2)))

define install_file
	install -D -m $(call part,1,$(1)) $(call part,2,$(1)) "$(DESTDIR)$(call part,3,$(1))"

endef

define remove_file
	rm -f "$(DESTDIR)$(call part,3,$(1))"

endef

# The loader finds a new library by its cache, which is the running system's.
refresh_loader = [ -n "$(DESTDIR)" ] || [ "$$(id -u)" != 0 ] || ldconfig

.PHONY: man install uninstall always

man: $(MAN_PAGES:%=$(B)/man/%)

$(B)/man/%: docs/man/%.scd docs/man/options-of-every-verb include/ptwalk.h
	@mkdir -p $(@D)
	@command -v scdoc >/dev/null || { \
		echo 'scdoc makes the manual pages, and is not here (MAN=no does without)' >&2; \
		exit 1; }
	sed -e '/^@COMMON@$$/{r docs/man/options-of-every-verb' -e 'd}' \
		-e 's/@VERSION@/$(PTWALK_VERSION)/g' $< | scdoc >$@

# One object, in which what the shared library hides is hidden too: a program may have
# its own functions of those names.
$(B)/dist/libptwalk.a: $(B)/libptwalk.a
	@mkdir -p $(@D)
	$(CC) -r -nostdlib -o $(@:.a=.o) -Wl,--whole-archive $< -Wl,--no-whole-archive
	objcopy --localize-hidden $(@:.a=.o)
	rm -f $@
	$(AR) rcs $@ $(@:.a=.o)

# Always, because what they hold depends on the words of the command line.
$(B)/dist/ptwalk.pc: lib/ptwalk.pc.in always
	@mkdir -p $(@D)
	sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(PTWALK_VERSION)|' $< >$@

$(B)/dist/dkms.conf: dist/dkms.conf.in always
	@mkdir -p $(@D)
	sed 's|@VERSION@|$(PTWALK_VERSION)|' $< >$@

install: $(foreach f,$(INSTALLED),$(call part,2,$(f)))
	$(foreach f,$(INSTALLED),$(call install_file,$(f)))
	ln -sf libptwalk.so.0 "$(DESTDIR)$(INSTALLED_LINK)"
	$(refresh_loader)

# The folders that others share stay, even where they are empty now: somebody else may
# have made them.
uninstall:
	@if [ -e "$(DESTDIR)/var/lib/dkms/ptwalk/$(PTWALK_VERSION)" ]; then \
		echo 'DKMS still has the module: dkms remove ptwalk/$(PTWALK_VERSION) --all' \
			'comes first' >&2; \
		exit 1; fi
	$(foreach f,$(INSTALLED),$(call remove_file,$(f)))
	rm -f "$(DESTDIR)$(INSTALLED_LINK)"
	for folder in kmod/compat kmod core include/uapi include ''; do \
		rmdir --ignore-fail-on-non-empty "$(DESTDIR)$(DKMS_SOURCE)/$$folder" || :; done
	$(refresh_loader)
