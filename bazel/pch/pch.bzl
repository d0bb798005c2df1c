"""Precompiled headers: the headers of other projects are parsed once, not in each of our files.

`precompiled_header` makes NAME.pch; `with_pch` gives a rule the flags and the dependency to use it.
The compiler refuses a precompiled header of other flags than the file's own, so it is made with the
flags of the configuration. It is read from standard input: then it holds no path of the machine, and
serves all checkouts that share a cache.
"""

load("@bazel_tools//tools/build_defs/cc:action_names.bzl", "CPP_COMPILE_ACTION_NAME")
load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain")

def _precompiled_header_impl(ctx):
    toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features + ["layering_check", "module_maps"],
    )
    # All objects are position-independent (--force_pic in .bazelrc), so that one header serves all.
    variables = cc_common.create_compile_variables(
        feature_configuration = features,
        cc_toolchain = toolchain,
        user_compile_flags = ctx.fragments.cpp.copts + ctx.fragments.cpp.cxxopts + ctx.attr.copts,
        use_pic = True,
    )
    flags = cc_common.get_memory_inefficient_command_line(
        feature_configuration = features,
        action_name = CPP_COMPILE_ACTION_NAME,
        variables = variables,
    )

    # The check is of the files that use the header; its flags must be the same.
    if "layering_check" in ctx.features and "layering_check" not in ctx.disabled_features:
        flags = flags + ["-fmodules-strict-decluse", "-fmodule-name=//bazel/pch"]
    out = ctx.actions.declare_file(ctx.label.name + ".pch")
    ctx.actions.run_shell(
        inputs = depset(ctx.files.hdrs, transitive = [toolchain.all_files]),
        outputs = [out],
        command = "cat \"${@:3:$1}\" | \"${@:3+$1}\" -o \"$2\"",
        arguments = [str(len(ctx.files.hdrs)), out.path] + [f.path for f in ctx.files.hdrs] + [
            cc_common.get_tool_for_action(
                feature_configuration = features,
                action_name = CPP_COMPILE_ACTION_NAME,
            ),
        ] + flags + [
            "-fpch-instantiate-templates",
            "-Xclang",
            "-fno-pch-timestamp",
            "-x",
            "c++-header",
            "-",
        ],
        env = cc_common.get_environment_variables(
            feature_configuration = features,
            action_name = CPP_COMPILE_ACTION_NAME,
            variables = variables,
        ),
        mnemonic = "PrecompileHeader",
        progress_message = "Precompiling %s" % ctx.label,
    )
    return [
        DefaultInfo(files = depset([out])),
        CcInfo(compilation_context = cc_common.create_compilation_context(headers = depset([out]))),
    ]

precompiled_header = rule(
    implementation = _precompiled_header_impl,
    doc = "Compiles headers to NAME.pch.",
    attrs = {
        "hdrs": attr.label_list(
            allow_files = True,
            doc = "Read one after another.",
        ),
        "copts": attr.string_list(doc = "Flags that its users have besides those of the configuration."),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
    },
    fragments = ["cpp"],
    toolchains = ["@bazel_tools//tools/cpp:toolchain_type"],
)

# Flags of tests beside those of all files.
TEST_COPTS = select({
    "//bazel/pch:sanitizer": ["-O0"],
    "//conditions:default": [],
})

def pch_copts(name):
    """The flags of a rule that uses //bazel/pch:NAME, on which it is to depend."""
    return ["-include-pch", "$(BINDIR)/bazel/pch/{}.pch".format(name)]
