#define _GNU_SOURCE
#include "cwriteback.h"

#include <fcntl.h>

int hfs_write_back(int descriptor, int waits) {
    unsigned int flags = SYNC_FILE_RANGE_WRITE;
    if (waits) flags |= SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WAIT_AFTER;
    return sync_file_range(descriptor, 0, 0, flags);
}
