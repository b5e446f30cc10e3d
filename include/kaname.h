/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_H
#define KANAME_H

/* kaname: see, squeeze and hedge chokepoints in cross-border supply networks. */

#define KN_VERSION_MAJOR 0
#define KN_VERSION_MINOR 1
#define KN_VERSION_PATCH 0
#define KN_VERSION "0.1.0"

#include "kaname/atlas.h"
#include "kaname/context.h"
#include "kaname/doctor.h"
#include "kaname/lens.h"
#include "kaname/network.h"
#include "kaname/read.h"
#include "kaname/report.h"
#include "kaname/scenario.h"
#include "kaname/status.h"
#include "kaname/store.h"
#include "kaname/study.h"
#include "kaname/table.h"
#include "kaname/text.h"

#endif
