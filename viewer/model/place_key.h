/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * place_key.h - devices and memory types by what they are, not by their place in one
 * document: a number that stays from one snapshot to the next. Never 0.
 */
#ifndef TTATOP_PLACE_KEY_H
#define TTATOP_PLACE_KEY_H

#include "snapshot.h"

uint64_t place_device_key(const struct snap_device *device);
uint64_t place_text_key(const char *text);
/* Of any bytes: FNV-1a. */
uint64_t place_bytes_key(const void *bytes, size_t size);

#endif
