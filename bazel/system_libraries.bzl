"""Libraries of the system, one cc_library each, found by pkg-config."""

# pkg-config module -> Debian package that holds it (see packages.txt).
_MODULES = {
    "absl_base": "libabsl-dev",
    "absl_bits": "libabsl-dev",
    "absl_cleanup": "libabsl-dev",
    "absl_core_headers": "libabsl-dev",
    "absl_fixed_array": "libabsl-dev",
    "absl_flags": "libabsl-dev",
    "absl_flags_parse": "libabsl-dev",
    "absl_flags_usage": "libabsl-dev",
    "absl_flags_reflection": "libabsl-dev",
    "absl_flat_hash_map": "libabsl-dev",
    "absl_flat_hash_set": "libabsl-dev",
    "absl_node_hash_map": "libabsl-dev",
    "absl_btree": "libabsl-dev",
    "absl_function_ref": "libabsl-dev",
    "absl_any_invocable": "libabsl-dev",
    "absl_hash": "libabsl-dev",
    "absl_inlined_vector": "libabsl-dev",
    "absl_random_random": "libabsl-dev",
    "absl_span": "libabsl-dev",
    "absl_status": "libabsl-dev",
    "absl_statusor": "libabsl-dev",
    "absl_str_format": "libabsl-dev",
    "absl_strings": "libabsl-dev",
    "absl_time": "libabsl-dev",
    "absl_int128": "libabsl-dev",
    "absl_failure_signal_handler": "libabsl-dev",
    "absl_symbolize": "libabsl-dev",
    "benchmark": "libbenchmark-dev",
    "gmock": "libgmock-dev",
    "grpc++": "libgrpc++-dev",
    "gtest": "libgtest-dev",
    "gtest_main": "libgtest-dev",
    "libglog": "libgoogle-glog-dev",
    "libisal": "libisal-dev",
    "liblz4": "liblz4-dev",
    "liburing": "liburing-dev",
    "libzstd": "libzstd-dev",
    "nlohmann_json": "nlohmann-json3-dev",
    "openssl": "libssl-dev",
    "protobuf": "libprotobuf-dev",
    "rocksdb": "librocksdb-dev",
    "snappy": "libsnappy-dev",
    "zlib": "zlib1g-dev",
}

# Definitions that say what is so anyway; a precompiled header has other ideas of where they come from.
_IMPLIED = ["GTEST_HAS_PTHREAD=1"]

def _pkg_config(ctx, tool, flag, module):
    result = ctx.execute([tool, flag, module])
    if result.return_code != 0:
        fail("pkg-config knows no '{}': install the Debian package {} (or run ./x build, which does). {}".format(
            module,
            _MODULES[module],
            result.stderr,
        ))
    flags = []
    for word in result.stdout.strip().split(" "):
        if word and word not in flags:
            flags.append(word)
    return flags

def _system_libraries_impl(ctx):
    tool = ctx.which("pkg-config")
    if not tool:
        fail("pkg-config is missing: install the packages of packages.txt (./x build does)")
    targets = []
    for module in _MODULES:
        # The C++ standard and include folders are the toolchain's; definitions are the library's.
        defines = [f[2:] for f in _pkg_config(ctx, tool, "--cflags-only-other", module) if f.startswith("-D")]
        defines = [d for d in defines if d not in _IMPLIED]
        libs = _pkg_config(ctx, tool, "--libs", module)
        targets.append("""cc_library(
    name = "{name}",
    defines = {defines},
    linkopts = {libs},
    visibility = ["//visibility:public"],
)
""".format(name = module, defines = repr(defines), libs = repr(libs)))

    # gRPC's reflection registers itself from a static initialiser, in a library of its own.
    targets.append("""cc_library(
    name = "grpc_reflection",
    linkopts = ["-Wl,--no-as-needed", "-lgrpc++_reflection"],
    visibility = ["//visibility:public"],
    deps = [":grpc++"],
)
""")
    ctx.file("BUILD.bazel", "\n".join(targets))

system_libraries = repository_rule(
    implementation = _system_libraries_impl,
    local = True,
    doc = "Writes a cc_library for each system library that this project links.",
)
