/* conf.c - YAML into C structs. */

#include "base/conf.h"
