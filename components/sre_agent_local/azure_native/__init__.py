"""A stand-in for the azure-native provider plugin, for the types that our components use.

The `local` stack's program registers real `pulumi_azure_native` resources; the plugin behind them is a binary
that speaks to real Azure only. This package is a plugin of the same name that speaks to the local Azure, and
to nothing but loopback:

    resource_types/   what each type is called, where it lives in ARM, what it may say
    input_validation  defaults and errors
    input_diff        what changed, property by property
    conversion        inputs to bodies, responses to outputs
    arm_client        HTTP: login, retry, long-running operations
    provider          the gRPC front end
    install           where the engine finds the plugin
"""
