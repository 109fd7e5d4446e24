/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fixture.h - one image, one reader, one sample; fresh for each test.
 */
#ifndef TTA_READER_FIXTURE_H
#define TTA_READER_FIXTURE_H

#include <criterion/criterion.h>
#include <tta/reader.h>

#include "segment_image.h"
#include "test_dir.h"

static struct image image;
static struct tta_lane *lane;
static struct tta_reader *reader;
static struct tta_sample *sample;

/* An image with one lane, held by a live owner. */
static void setup(void)
{
	test_dir_make();
	image_make(&image, NULL);
	lane = image_lane(&image, 11, 0);
	image_lock(&image);
	cr_assert_eq(tta_reader_open(NULL, &reader), 0);
}

static void teardown(void)
{
	tta_sample_free(sample);
	tta_reader_close(reader);
	image_close(&image);
	test_dir_remove();
}

/* Sample everything; the only process. */
static const struct tta_process *look(void)
{
	tta_sample_free(sample);
	sample = NULL;
	cr_assert_eq(tta_reader_sample(reader, TTA_SAMPLE_ALL, &sample), 0);
	cr_assert_eq(sample->process_count, 1);
	return &sample->processes[0];
}

#endif
