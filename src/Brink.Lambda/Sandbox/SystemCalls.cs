namespace Brink.Lambda.Sandbox;

/// <summary>The numbers of the system calls that <see cref="SystemCallFilter"/> speaks about, on one architecture.</summary>
internal sealed class SystemCalls
{
    public required uint Machine { get; init; }
    public required uint Clone { get; init; }
    public required uint Socket { get; init; }
    public required uint Ioctl { get; init; }
    public bool HasX32 { get; init; }

    /// <summary>From 424 on all architectures count alike.</summary>
    public const uint Clone3 = 435;

    /// <summary>What no function needs.</summary>
    public required IReadOnlyList<uint> Refused { get; init; }

    /// <summary>Memory that belongs to no process: memfd_create, memfd_secret, shmget.</summary>
    public required IReadOnlyList<uint> MemoryOutsideOfProcesses { get; init; }

    private static readonly uint[] RefusedEverywhere =
    [
        425, 426, 427,                  // io_uring_setup, _enter, _register
        428, 429, 430, 431, 432, 433,   // open_tree, move_mount, fsopen, fsconfig, fsmount, fspick
        438,                            // pidfd_getfd
        440,                            // process_madvise
        442, 443,                       // mount_setattr, quotactl_fd
        450,                            // set_mempolicy_home_node
        457, 458,                       // statmount, listmount
        467,                            // open_tree_attr
    ];

    public static SystemCalls X64 { get; } = new()
    {
        Machine = 0xC000003E,
        Clone = 56,
        Socket = 41,
        Ioctl = 16,
        HasX32 = true,
        MemoryOutsideOfProcesses = [319, 447, 29],
        Refused =
        [
            165, 166, 155, 161,         // mount, umount2, pivot_root, chroot
            272, 308,                   // unshare, setns
            101, 310, 311, 312,         // ptrace, process_vm_readv, process_vm_writev, kcmp
            246, 320, 169,              // kexec_load, kexec_file_load, reboot
            175, 313, 176,              // init_module, finit_module, delete_module
            174, 177, 178,              // create_module, get_kernel_syms, query_module
            321, 298, 323,              // bpf, perf_event_open, userfaultfd
            248, 249, 250,              // add_key, request_key, keyctl
            303, 304,                   // name_to_handle_at, open_by_handle_at
            300,                        // fanotify_init
            167, 168,                   // swapon, swapoff
            170, 171,                   // sethostname, setdomainname
            172, 173, 154,              // iopl, ioperm, modify_ldt
            163, 179, 180,              // acct, quotactl, nfsservctl
            164, 159, 227, 305,         // settimeofday, adjtimex, clock_settime, clock_adjtime
            103, 153, 212,              // syslog, vhangup, lookup_dcookie
            134, 136, 139, 156,         // uselib, ustat, sysfs, _sysctl
            237, 238, 256, 279,         // mbind, set_mempolicy, migrate_pages, move_pages
            .. RefusedEverywhere,
        ],
    };

    public static SystemCalls Arm64 { get; } = new()
    {
        Machine = 0xC00000B7,
        Clone = 220,
        Socket = 198,
        Ioctl = 29,
        MemoryOutsideOfProcesses = [279, 447, 194],
        Refused =
        [
            40, 39, 41, 51,             // mount, umount2, pivot_root, chroot
            97, 268,                    // unshare, setns
            117, 270, 271, 272,         // ptrace, process_vm_readv, process_vm_writev, kcmp
            104, 294, 142,              // kexec_load, kexec_file_load, reboot
            105, 273, 106,              // init_module, finit_module, delete_module
            280, 241, 282,              // bpf, perf_event_open, userfaultfd
            217, 218, 219,              // add_key, request_key, keyctl
            264, 265,                   // name_to_handle_at, open_by_handle_at
            262,                        // fanotify_init
            224, 225,                   // swapon, swapoff
            161, 162,                   // sethostname, setdomainname
            89, 60, 42,                 // acct, quotactl, nfsservctl
            170, 171, 112, 266,         // settimeofday, adjtimex, clock_settime, clock_adjtime
            116, 58, 18,                // syslog, vhangup, lookup_dcookie
            235, 237, 238, 239,         // mbind, set_mempolicy, migrate_pages, move_pages
            .. RefusedEverywhere,
        ],
    };
}
