-- Columns: enterprise, generation, image, kernel, initrd.
SELECT enterprise, generation, image, kernel, initrd FROM instance ORDER BY enterprise
