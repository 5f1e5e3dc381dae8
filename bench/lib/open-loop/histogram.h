/*
 * Counts of durations in nanoseconds, log-linear as HdrHistogram's: every power of two is cut into 128 buckets, so that a bucket is
 * at most 1/128 of its value wide (0.8 %), from a nanosecond to centuries, in 58 KB and without a guess of what will come.
 */
#include <stdint.h>

#define HISTOGRAM_BUCKETS (58 * 128)

struct histogram {
    uint64_t counts[HISTOGRAM_BUCKETS];
    uint64_t count;
    uint64_t max;
};

static inline unsigned histogram_bucket(uint64_t value) {
    if (value < 128) return (unsigned)value;
    unsigned shift = 56 - (unsigned)__builtin_clzll(value);
    return shift * 128 + (unsigned)(value >> shift);
}

static inline void histogram_add(struct histogram *histogram, uint64_t value) {
    histogram->counts[histogram_bucket(value)]++;
    histogram->count++;
    if (value > histogram->max) histogram->max = value;
}

/* The last value of a bucket: what is told of a percentile may be 0.8 % too much, and is never too little. */
static inline uint64_t histogram_last_of(unsigned bucket) {
    if (bucket < 256) return bucket;
    unsigned shift = bucket / 128 - 1;
    return (((uint64_t)(bucket % 128 + 128) + 1) << shift) - 1;
}

/* The least value that `permille` of a thousand do not exceed; 0 of nothing. */
static inline uint64_t histogram_at(const struct histogram *histogram, unsigned permille) {
    uint64_t rank = (histogram->count * permille + 999) / 1000, seen = 0;
    for (unsigned bucket = 0; bucket < HISTOGRAM_BUCKETS; bucket++) {
        seen += histogram->counts[bucket];
        if (seen == 0 || seen < rank) continue;
        uint64_t last = histogram_last_of(bucket);
        return last < histogram->max ? last : histogram->max;
    }
    return histogram->max;
}
