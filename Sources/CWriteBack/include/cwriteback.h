#ifndef HFS_CWRITEBACK_H
#define HFS_CWRITEBACK_H

/// Has the kernel write what it holds of a file to the device, and with `waits` waits until it is there. 0, or -1 and errno.
int hfs_write_back(int descriptor, int waits);

#endif
