int64_t kernel_fit(const double *table, const uint8_t *together, const uint8_t *depths, int64_t links, int64_t heights, int64_t squares,
                   const double *spots, int64_t stride, const double *nodes, int64_t many, const int64_t *one, const int64_t *other,
                   const double *length_m, const double *half_wave_m, const double *moves_m, int64_t steps, int64_t tried, const double *people,
                   const uint8_t *first, const double *edges, double *work, double *found);
