-- Columns: enterprise, generation, image, kernel, initrd, credential, suspended.
SELECT enterprise, generation, image, kernel, initrd, credential, suspended FROM instance ORDER BY enterprise
