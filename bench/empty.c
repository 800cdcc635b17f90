// SPDX-License-Identifier: GPL-2.0-only
/* empty.c - a program that does nothing: what a process costs by itself. */
int main(void)
{
	return 0;
}
