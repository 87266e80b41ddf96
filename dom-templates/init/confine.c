/* confine.c - what the service of a domain can never do, whoever it is. */

#include "dom-templates/init/init.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/log.h"
#include "base/mem.h"

#ifndef __x86_64__
#error "the table of system calls is that of x86-64"
#endif

#define X32_BIT 0x40000000u

/* No portal and no database has a use for one of these. */
static const unsigned refused[] = {
	SYS_add_key,
	SYS_bpf,
	SYS_chroot,
	SYS_delete_module,
	SYS_finit_module,
	SYS_fsconfig,
	SYS_fsmount,
	SYS_fsopen,
	SYS_fspick,
	SYS_init_module,
	SYS_io_uring_enter,
	SYS_io_uring_register,
	SYS_io_uring_setup,
	SYS_ioperm,
	SYS_iopl,
	SYS_kexec_file_load,
	SYS_kexec_load,
	SYS_keyctl,
	SYS_mount,
	SYS_mount_setattr,
	SYS_move_mount,
	SYS_name_to_handle_at,
	SYS_open_by_handle_at,
	SYS_open_tree,
	SYS_perf_event_open,
	SYS_pivot_root,
	SYS_process_vm_readv,
	SYS_process_vm_writev,
	SYS_ptrace,
	SYS_reboot,
	SYS_request_key,
	SYS_setns,
	SYS_swapoff,
	SYS_swapon,
	SYS_umount2,
	SYS_unshare,
	SYS_userfaultfd,
};

#define LOAD(field) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define REFUSE(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define IF_EQUAL(k)   BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (k), 0, 1)

/* Other tables of calls than the one we know; clone3(), whose flags a filter
 * cannot see (the C library then takes clone()); clone() with a user
 * namespace. */
static const struct sock_filter head[] = {
	LOAD(arch),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
	REFUSE(ENOSYS),
	LOAD(nr),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1),
	REFUSE(ENOSYS),
	IF_EQUAL(SYS_clone3),
	REFUSE(ENOSYS),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4),
	LOAD(args[0]),
	BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_NEWUSER, 0, 1),
	REFUSE(EPERM),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static unsigned short filter_build(struct sock_filter *f)
{
	unsigned short n = 0;

	for (size_t i = 0; i < ARRAY_LEN(head); i++)
		f[n++] = head[i];
	for (size_t i = 0; i < ARRAY_LEN(refused); i++) {
		f[n++] = (struct sock_filter)IF_EQUAL(refused[i]);
		f[n++] = (struct sock_filter)REFUSE(EPERM);
	}
	f[n++] =
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	return n;
}

int init_confine(struct hs_err *err)
{
	struct sock_filter filter[ARRAY_LEN(head) + 2 * ARRAY_LEN(refused) + 1];
	struct sock_fprog program = {
		.len = filter_build(filter),
		.filter = filter,
	};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "no new privileges");
	if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0)
		return hs_fail_errno(err, HS_ESYSTEM, "system call filter");
	return 0;
}

void init_refuse_namespaces(void)
{
	static const char path[] = "/proc/sys/user/max_user_namespaces";
	hs_auto(hs_closep) int fd = open(path, O_WRONLY | O_CLOEXEC);

	if ((fd < 0 || write(fd, "0", 1) < 0) && !init_is_container())
		hs_warn("init.namespaces", "path=%s", path);
}
