#include "cchecksum.h"

#include <pthread.h>
#include <string.h>

static uint32_t table_c[8][256];
static uint32_t table_ieee[8][256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void fill(uint32_t table[8][256], uint32_t polynomial) {
    for (uint32_t n = 0; n < 256; n++) {
        uint32_t crc = n;
        for (int bit = 0; bit < 8; bit++) crc = (crc & 1) ? (crc >> 1) ^ polynomial : crc >> 1;
        table[0][n] = crc;
    }
    for (uint32_t n = 0; n < 256; n++)
        for (int k = 1; k < 8; k++)
            table[k][n] = (table[k - 1][n] >> 8) ^ table[0][table[k - 1][n] & 0xff];
}

static void fill_tables(void) {
    fill(table_c, 0x82F63B78u);
    fill(table_ieee, 0xEDB88320u);
}

static uint32_t slice_by_8(uint32_t table[8][256], uint32_t crc, const uint8_t *p, size_t n) {
    crc = ~crc;
    while (n >= 8) {
        uint32_t low, high;
        memcpy(&low, p, 4);
        memcpy(&high, p + 4, 4);
        low ^= crc;
        crc = table[7][low & 0xff] ^ table[6][(low >> 8) & 0xff] ^ table[5][(low >> 16) & 0xff] ^ table[4][low >> 24] ^
              table[3][high & 0xff] ^ table[2][(high >> 8) & 0xff] ^ table[1][(high >> 16) & 0xff] ^ table[0][high >> 24];
        p += 8;
        n -= 8;
    }
    while (n--) crc = (crc >> 8) ^ table[0][(crc ^ *p++) & 0xff];
    return ~crc;
}

uint32_t hfs_crc32c_portable(uint32_t crc, const void *data, size_t length) {
    pthread_once(&once, fill_tables);
    return slice_by_8(table_c, crc, data, length);
}

uint32_t hfs_crc32(uint32_t crc, const void *data, size_t length) {
    pthread_once(&once, fill_tables);
    return slice_by_8(table_ieee, crc, data, length);
}

#if defined(__x86_64__)
#include <nmmintrin.h>

__attribute__((target("sse4.2"))) static uint32_t crc32c_sse42(uint32_t crc, const uint8_t *p, size_t n) {
    uint64_t c = (uint32_t)~crc;
    while (n >= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        c = _mm_crc32_u64(c, word);
        p += 8;
        n -= 8;
    }
    uint32_t c32 = (uint32_t)c;
    while (n--) c32 = _mm_crc32_u8(c32, *p++);
    return ~c32;
}

// The instruction takes three cycles and starts every cycle: three independent chunks keep the unit full.
__attribute__((target("sse4.2"))) static void crc32c_three(
    const uint8_t *a, const uint8_t *b, const uint8_t *c, size_t n, uint32_t out[3]) {
    uint64_t x = 0xFFFFFFFFu, y = 0xFFFFFFFFu, z = 0xFFFFFFFFu;
    for (size_t i = 0; i < n; i += 8) {
        uint64_t u, v, w;
        memcpy(&u, a + i, 8);
        memcpy(&v, b + i, 8);
        memcpy(&w, c + i, 8);
        x = _mm_crc32_u64(x, u);
        y = _mm_crc32_u64(y, v);
        z = _mm_crc32_u64(z, w);
    }
    out[0] = ~(uint32_t)x;
    out[1] = ~(uint32_t)y;
    out[2] = ~(uint32_t)z;
}

static int has_instruction(void) { return __builtin_cpu_supports("sse4.2"); }
#elif defined(__aarch64__) && defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

static uint32_t crc32c_sse42(uint32_t crc, const uint8_t *p, size_t n) {
    uint32_t c = ~crc;
    while (n >= 8) {
        uint64_t word;
        memcpy(&word, p, 8);
        c = __crc32cd(c, word);
        p += 8;
        n -= 8;
    }
    while (n--) c = __crc32cb(c, *p++);
    return ~c;
}

static void crc32c_three(const uint8_t *a, const uint8_t *b, const uint8_t *c, size_t n, uint32_t out[3]) {
    out[0] = crc32c_sse42(0, a, n);
    out[1] = crc32c_sse42(0, b, n);
    out[2] = crc32c_sse42(0, c, n);
}

static int has_instruction(void) { return 1; }
#else
static uint32_t crc32c_sse42(uint32_t crc, const uint8_t *p, size_t n) { return hfs_crc32c_portable(crc, p, n); }

static void crc32c_three(const uint8_t *a, const uint8_t *b, const uint8_t *c, size_t n, uint32_t out[3]) {
    out[0] = hfs_crc32c_portable(0, a, n);
    out[1] = hfs_crc32c_portable(0, b, n);
    out[2] = hfs_crc32c_portable(0, c, n);
}

static int has_instruction(void) { return 0; }
#endif

uint32_t hfs_crc32c(uint32_t crc, const void *data, size_t length) {
    return has_instruction() ? crc32c_sse42(crc, data, length) : hfs_crc32c_portable(crc, data, length);
}

static void put_big_endian(uint8_t *out, uint32_t value) {
    out[0] = (uint8_t)(value >> 24);
    out[1] = (uint8_t)(value >> 16);
    out[2] = (uint8_t)(value >> 8);
    out[3] = (uint8_t)value;
}

void hfs_crc32c_chunks(const void *data, size_t length, size_t chunk, uint8_t *sums) {
    const uint8_t *p = data;
    if (has_instruction() && chunk % 8 == 0) {
        uint32_t three[3];
        while (length >= 3 * chunk) {
            crc32c_three(p, p + chunk, p + 2 * chunk, chunk, three);
            for (int i = 0; i < 3; i++) put_big_endian(sums + 4 * i, three[i]);
            p += 3 * chunk;
            length -= 3 * chunk;
            sums += 12;
        }
    }
    while (length > 0) {
        size_t n = length < chunk ? length : chunk;
        put_big_endian(sums, hfs_crc32c(0, p, n));
        p += n;
        length -= n;
        sums += 4;
    }
}

ptrdiff_t hfs_crc32c_verify(const void *data, size_t length, size_t chunk, const uint8_t *sums) {
    const uint8_t *p = data;
    ptrdiff_t index = 0;
    uint8_t mine[12];
    while (length > 0) {
        size_t n = length < 3 * chunk ? length : 3 * chunk;
        size_t count = (n + chunk - 1) / chunk;
        hfs_crc32c_chunks(p, n, chunk, mine);
        if (memcmp(mine, sums, 4 * count) != 0)
            for (size_t i = 0; i < count; i++)
                if (memcmp(mine + 4 * i, sums + 4 * i, 4) != 0) return index + (ptrdiff_t)i;
        p += n;
        length -= n;
        sums += 4 * count;
        index += (ptrdiff_t)count;
    }
    return -1;
}
