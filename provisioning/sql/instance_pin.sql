-- What is there stays. $1 enterprise, $2 image, $3 kernel, $4 initrd
INSERT INTO instance (enterprise, image, kernel, initrd) VALUES ($1, $2, $3, $4)
ON CONFLICT (enterprise) DO UPDATE SET image = coalesce($2, instance.image),
	kernel = coalesce($3, instance.kernel), initrd = coalesce($4, instance.initrd)
