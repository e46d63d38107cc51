/* Where the tables lie of what tells impacts: `engine.radio.kernels.jolts` fills this in, by these names. */
typedef struct {
    int64_t rows;
    uint8_t *known, *steps;
    int64_t *at_ns, *taken_ns, *slot;
    double *period_s, *waited_s, *smooth, *floor;
    float *wave, *step, *energy, *alike, *count;
} jolt_tables;

int64_t kernel_jolts(const jolt_tables *tables, const int64_t *rows, const int64_t *order, const int64_t *arrival_ns, const int8_t *iq,
                     int64_t width, int64_t frames, int64_t many);
