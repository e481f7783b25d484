#ifndef HFS_CCHECKSUM_H
#define HFS_CCHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/// CRC-32C (Castagnoli, reflected 0x82F63B78), continuing from `crc`; 0 starts a new one.
/// Uses the processor's CRC32 instruction where there is one, three streams at a time for long inputs.
uint32_t hfs_crc32c(uint32_t crc, const void *data, size_t length);

/// The same by table, for the tests and for processors without the instruction.
uint32_t hfs_crc32c_portable(uint32_t crc, const void *data, size_t length);

/// CRC-32 (IEEE 802.3, reflected 0xEDB88320), continuing from `crc`; 0 starts a new one.
uint32_t hfs_crc32(uint32_t crc, const void *data, size_t length);

/// One big-endian CRC-32C for each `chunk` bytes of `data` (the last chunk may be shorter) into `sums`.
void hfs_crc32c_chunks(const void *data, size_t length, size_t chunk, uint8_t *sums);

/// Index of the first chunk whose big-endian CRC-32C in `sums` differs from the data's; -1 when all agree.
ptrdiff_t hfs_crc32c_verify(const void *data, size_t length, size_t chunk, const uint8_t *sums);

#endif
