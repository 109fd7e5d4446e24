/* SPDX-License-Identifier: BSD-2-Clause */
#include "../fake_metal.hpp"
