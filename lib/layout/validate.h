/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * validate.h - judge an untrusted header; shared by reader and publisher.
 */
#ifndef TTA_VALIDATE_H
#define TTA_VALIDATE_H

#include <stdint.h>

#include <tta/layout.h>

#define TTA_PROBLEM_SIZE 96

/* Where a section lies, proven to be inside the file; offset 0 = absent. */
struct tta_section_view {
	uint64_t offset;
	uint64_t capacity;     /* records */
	uint64_t count_offset; /* file offset of the head's count word */
	uint32_t stride;       /* >= the record size of this version */
};

/* By enum tta_section_type. */
struct tta_layout_map {
	struct tta_section_view section[TTA_SECTION_COUNT + 1];
	uint64_t overflow;    /* file offset of the overflow lane, inside page 0 */
	uint32_t lock_offset; /* of the futex word inside a lane's mutex */
};

/* Hash of every number that the layout asserts. */
uint64_t tta__layout_fingerprint(void);

/*
 * Judge @copy, a private copy of page 0 of a file of @file_size bytes. All section heads
 * lie in page 0; every product and sum is overflow-checked; sections may not overlap page
 * 0, each other or the end of the file. Unknown section types are skipped.
 *
 * Return: 0; -EPROTONOSUPPORT another magic, byte order or major; -EBADMSG nonsense.
 * @problem receives a short text on failure.
 */
int tta__layout_validate(const struct tta_header *copy, uint64_t file_size,
			 struct tta_layout_map *ret_map, char problem[TTA_PROBLEM_SIZE]);

/* Size of the records of a section type in this version; 0 = unknown type. */
uint32_t tta__record_size(uint32_t section_type);

#endif
