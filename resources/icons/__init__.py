"""Icons of Lucide 1.62 (ISC; parts MIT, see LICENSE in this folder): one stroke width, one grid. Tinted when loaded."""
