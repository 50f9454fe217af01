// Attention over packed trees, forward and backward, for heads of 32 on a CPU with AVX-512: a query sees its tree's trunk and its own branch,
// and blocks of keys that no query of a block sees cost nothing. float32 throughout.
//
// Arrays are dense: q, out, dq [batch, heads, length, 32]; k, v, dk, dv [batch, kv heads, length, 32]; lse [batch, heads, length];
// trees, branches [batch, length] as dataset.py packs them (tree 0 is padding, branch 0 the trunk).
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { SIZE = 32, ROWS = 16, KEYS = 64 };
typedef float lanes __attribute__((vector_size(64), aligned(4), may_alias));

typedef int whole __attribute__((vector_size(64), aligned(4), may_alias));
#define HIDDEN 1e30f

typedef struct { int trunk, trunk_end, branch; } reach;   // a query sees [trunk, min(trunk_end, own + 1)) and [branch, own]

static void find_reach(const int32_t *trees, const int32_t *branches, int length, reach *to)
{
    for (int i = 0; i < length; i++) {
        if (i == 0 || trees[i] != trees[i - 1]) to[i] = (reach){i, length, i};
        else if (branches[i] != branches[i - 1]) to[i] = (reach){to[i - 1].trunk, branches[i - 1] == 0 ? i : to[i - 1].trunk_end, i};
        else to[i] = to[i - 1];
    }
}

enum { NOTHING, SOMETHING, EVERYTHING };

static int sight(const reach *r, int first, int key)
{
    int any = 0, all = 1;
    for (int i = first; i < first + ROWS; i++) {
        int end = r[i].trunk_end < i + 1 ? r[i].trunk_end : i + 1;
        any |= (key < end && key + KEYS > r[i].trunk) || (key <= i && key + KEYS > r[i].branch);
        all &= (key >= r[i].trunk && key + KEYS <= end) || (key >= r[i].branch && key + KEYS <= i + 1);
    }
    return all ? EVERYTHING : any ? SOMETHING : NOTHING;
}

static void hide(const reach *r, int first, int key, float *scores)
{
    const whole places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    for (int i = 0; i < ROWS; i++) {
        int own = first + i, end = r[own].trunk_end < own + 1 ? r[own].trunk_end : own + 1;
        for (int j = 0; j < KEYS; j += 16) {
            whole at = places + (key + j);
            whole seen = ((at >= r[own].trunk) & (at < end)) | ((at >= r[own].branch) & (at <= own));
            lanes *to = (lanes *)(scores + i * KEYS + j);
            *to = (lanes)(((whole)*to & seen) | ((whole)((lanes){} - HIDDEN) & ~seen));
        }
    }
}

// e^x for x from -87 to 0: 2^n by the exponent's bits, 2^f for f from -1/2 to 1/2 by its Taylor series.
static inline lanes exponential(lanes x)
{
    x = x * 1.44269504f;
    x = (lanes)(((whole)x & (x > -126.0f)) | ((whole)((lanes){} - 126.0f) & ~(x > -126.0f)));
    lanes rounded = x + 12582912.0f;
    whole n = (whole)rounded - 0x4b400000;
    lanes f = x - (rounded - 12582912.0f);
    lanes p = 1.5403530e-4f * f + 1.3333558e-3f;
    p = p * f + 9.6181291e-3f;
    p = p * f + 5.5504109e-2f;
    p = p * f + 2.4022651e-1f;
    p = p * f + 6.9314718e-1f;
    p = p * f + 1.0f;
    return (lanes)((whole)p + (n << 23));
}

static inline lanes larger(lanes a, lanes b)
{
    whole first = a > b;
    return (lanes)(((whole)a & first) | ((whole)b & ~first));
}

#define SWAPPED(x, by) __builtin_shuffle(x, (whole){0 ^ by, 1 ^ by, 2 ^ by, 3 ^ by, 4 ^ by, 5 ^ by, 6 ^ by, 7 ^ by, 8 ^ by, 9 ^ by, 10 ^ by, \
    11 ^ by, 12 ^ by, 13 ^ by, 14 ^ by, 15 ^ by})

static inline float total(lanes x)
{
    x += SWAPPED(x, 8); x += SWAPPED(x, 4); x += SWAPPED(x, 2); x += SWAPPED(x, 1);
    return x[0];
}

static inline float largest(lanes x)
{
    x = larger(x, SWAPPED(x, 8)); x = larger(x, SWAPPED(x, 4)); x = larger(x, SWAPPED(x, 2)); x = larger(x, SWAPPED(x, 1));
    return x[0];
}

// c[16, 64] = a[16, 32] · bt[32, stride]
static void product_nt(const float *a, const float *bt, int stride, float *c)
{
    for (int i = 0; i < ROWS; i += 4) {
        lanes s[4][4] = {};
        for (int d = 0; d < SIZE; d++) {
            const float *row = bt + (size_t)d * stride;
            lanes b0 = *(lanes *)row, b1 = *(lanes *)(row + 16), b2 = *(lanes *)(row + 32), b3 = *(lanes *)(row + 48);
            for (int r = 0; r < 4; r++) {
                float x = a[(i + r) * SIZE + d];
                s[r][0] += x * b0; s[r][1] += x * b1; s[r][2] += x * b2; s[r][3] += x * b3;
            }
        }
        for (int r = 0; r < 4; r++)
            for (int n = 0; n < 4; n++) *(lanes *)(c + (i + r) * KEYS + 16 * n) = s[r][n];
    }
}

// c[16, 32] += a[16, 64] · b[64, 32]
static void product_nn(const float *a, const float *b, float *c)
{
    for (int i = 0; i < ROWS; i += 8) {
        lanes s[8][2];
        for (int r = 0; r < 8; r++) { s[r][0] = *(lanes *)(c + (i + r) * SIZE); s[r][1] = *(lanes *)(c + (i + r) * SIZE + 16); }
        for (int j = 0; j < KEYS; j++) {
            lanes b0 = *(lanes *)(b + j * SIZE), b1 = *(lanes *)(b + j * SIZE + 16);
            for (int r = 0; r < 8; r++) { float x = a[(i + r) * KEYS + j]; s[r][0] += x * b0; s[r][1] += x * b1; }
        }
        for (int r = 0; r < 8; r++) { *(lanes *)(c + (i + r) * SIZE) = s[r][0]; *(lanes *)(c + (i + r) * SIZE + 16) = s[r][1]; }
    }
}

// c[64, 32] += aᵀ · b for a[16, 64], b[16, 32]
static void product_tn(const float *a, const float *b, float *c)
{
    for (int j = 0; j < KEYS; j += 8) {
        lanes s[8][2];
        for (int r = 0; r < 8; r++) { s[r][0] = *(lanes *)(c + (j + r) * SIZE); s[r][1] = *(lanes *)(c + (j + r) * SIZE + 16); }
        for (int i = 0; i < ROWS; i++) {
            lanes b0 = *(lanes *)(b + i * SIZE), b1 = *(lanes *)(b + i * SIZE + 16);
            for (int r = 0; r < 8; r++) { float x = a[i * KEYS + j + r]; s[r][0] += x * b0; s[r][1] += x * b1; }
        }
        for (int r = 0; r < 8; r++) { *(lanes *)(c + (j + r) * SIZE) = s[r][0]; *(lanes *)(c + (j + r) * SIZE + 16) = s[r][1]; }
    }
}

static void transpose(const float *from, int length, float *to)
{
    for (int i = 0; i < length; i++)
        for (int d = 0; d < SIZE; d++) to[(size_t)d * length + i] = from[(size_t)i * SIZE + d];
}

static void *room(size_t bytes) { return aligned_alloc(64, (bytes + 63) / 64 * 64); }

// length is a multiple of 64; q is scaled already.
void tree_attention(const float *q, const float *k, const float *v, const int32_t *trees, const int32_t *branches, float *out, float *lse,
                    int batch, int heads, int kv_heads, int length)
{
    int group = heads / kv_heads, blocks = length / KEYS;
    #pragma omp parallel for schedule(dynamic)
    for (int item = 0; item < batch * kv_heads; item++) {
        int b = item / kv_heads, kv = item % kv_heads;
        const float *keys = k + (size_t)item * length * SIZE, *values = v + (size_t)item * length * SIZE;
        float *kt = room((size_t)length * SIZE * 4), *scores = room((size_t)length * ROWS * 4);
        int *seen = room(blocks * 4);
        reach *r = room(length * sizeof(reach));
        find_reach(trees + (size_t)b * length, branches + (size_t)b * length, length, r);
        transpose(keys, length, kt);
        for (int h = kv * group; h < (kv + 1) * group; h++)
            for (int first = 0; first < length; first += ROWS) {
                size_t at = ((size_t)b * heads + h) * length + first;
                int count = 0;
                float top[ROWS], sum[ROWS], sums[ROWS * SIZE] __attribute__((aligned(64))) = {};
                for (int i = 0; i < ROWS; i++) { top[i] = -HIDDEN; sum[i] = 0; }
                for (int key = 0; key < first + ROWS; key += KEYS) {
                    int sees = sight(r, first, key);
                    if (sees == NOTHING) continue;
                    float *block = scores + (size_t)count * ROWS * KEYS;
                    product_nt(q + at * SIZE, kt + key, length, block);
                    if (sees == SOMETHING) hide(r, first, key, block);
                    for (int i = 0; i < ROWS; i++) {
                        const lanes *row = (lanes *)(block + i * KEYS);
                        float most = largest(larger(larger(row[0], row[1]), larger(row[2], row[3])));
                        top[i] = most > top[i] ? most : top[i];
                    }
                    seen[count++] = key;
                }
                for (int n = 0; n < count; n++) {
                    float *block = scores + (size_t)n * ROWS * KEYS;
                    for (int i = 0; i < ROWS; i++) {
                        lanes weighed = {};
                        for (int j = 0; j < KEYS; j += 16) { lanes *to = (lanes *)(block + i * KEYS + j); *to = exponential(*to - top[i]); weighed += *to; }
                        sum[i] += total(weighed);
                    }
                    product_nn(block, values + (size_t)seen[n] * SIZE, sums);
                }
                for (int i = 0; i < ROWS; i++) {
                    lse[at + i] = top[i] + logf(sum[i]);
                    for (int d = 0; d < SIZE; d++) out[(at + i) * SIZE + d] = sums[i * SIZE + d] / sum[i];
                }
            }
        free(kt); free(scores); free(seen); free(r);
    }
}

void tree_attention_backward(const float *q, const float *k, const float *v, const int32_t *trees, const int32_t *branches, const float *out,
                             const float *lse, const float *dout, float *dq, float *dk, float *dv, int batch, int heads, int kv_heads, int length)
{
    int group = heads / kv_heads;
    #pragma omp parallel for schedule(dynamic)
    for (int item = 0; item < batch * kv_heads; item++) {
        int b = item / kv_heads, kv = item % kv_heads;
        size_t own = (size_t)item * length * SIZE;
        float *kt = room((size_t)length * SIZE * 4), *vt = room((size_t)length * SIZE * 4);
        float weights[ROWS * KEYS] __attribute__((aligned(64))), slopes[ROWS * KEYS] __attribute__((aligned(64)));
        reach *r = room(length * sizeof(reach));
        find_reach(trees + (size_t)b * length, branches + (size_t)b * length, length, r);
        transpose(k + own, length, kt);
        transpose(v + own, length, vt);
        memset(dk + own, 0, (size_t)length * SIZE * 4);
        memset(dv + own, 0, (size_t)length * SIZE * 4);
        for (int h = kv * group; h < (kv + 1) * group; h++)
            for (int first = 0; first < length; first += ROWS) {
                size_t at = ((size_t)b * heads + h) * length + first;
                float delta[ROWS];
                for (int i = 0; i < ROWS; i++) {
                    float sum = 0;
                    for (int d = 0; d < SIZE; d++) sum += out[(at + i) * SIZE + d] * dout[(at + i) * SIZE + d];
                    delta[i] = sum;
                }
                memset(dq + at * SIZE, 0, ROWS * SIZE * 4);
                for (int key = 0; key < first + ROWS; key += KEYS) {
                    int sees = sight(r, first, key);
                    if (sees == NOTHING) continue;
                    product_nt(q + at * SIZE, kt + key, length, weights);
                    if (sees == SOMETHING) hide(r, first, key, weights);
                    product_nt(dout + at * SIZE, vt + key, length, slopes);
                    for (int i = 0; i < ROWS; i++) {
                        float shift = lse[at + i], less = delta[i];
                        for (int j = 0; j < KEYS; j += 16) {
                            lanes *w = (lanes *)(weights + i * KEYS + j), *slope = (lanes *)(slopes + i * KEYS + j);
                            *w = exponential(*w - shift);
                            *slope = *w * (*slope - less);
                        }
                    }
                    product_tn(weights, dout + at * SIZE, dv + own + (size_t)key * SIZE);
                    product_tn(slopes, q + at * SIZE, dk + own + (size_t)key * SIZE);
                    product_nn(slopes, k + own + (size_t)key * SIZE, dq + at * SIZE);
                }
            }
        free(kt); free(vt); free(r);
    }
}
