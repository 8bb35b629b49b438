using System.Collections.Immutable;
using Brink.Distributions;
using Brink.Events;
using Brink.Http;
using Brink.JavaScript.Hosting;
using Brink.Resources;

namespace Brink.Functions.Origins;

/// <summary>
/// What <c>cf.updateRequestOrigin</c> was given: the settings that are to differ from the origin the behavior would ask (functions spec
/// 7.1).
/// </summary>
internal sealed class OriginUpdate
{
    private const int S3NameLength = 128;

    private string? _domainName;
    private string? _originPath;
    private ImmutableArray<HeaderField>? _customHeaders;
    private int? _connectionAttempts;
    private int? _readTimeout;
    private int? _responseCompletionTimeout;
    private int? _keepAliveTimeout;
    private int? _connectionTimeout;
    private (int Port, bool IsHttps)? _connection;
    private OriginIpAddressType? _ipAddressType;
    private OriginOverrides _overrides;
    private (bool IsSet, string? Region) _shield;
    private bool _disablesAccessControl;
    private (SigningBehavior Behavior, string OriginType)? _signing;
    private bool _isS3;

    /// <summary>
    /// Reads and checks everything that can be checked without knowing the origin; the order is that of the spec's table.
    /// </summary>
    public static OriginUpdate Read(ref OriginArguments arguments, ScriptValue given, EdgeRequest request)
    {
        var update = new OriginUpdate();
        update.ReadDomainName(ref arguments, given);
        update._overrides = arguments.Overrides(given, "");
        update.ReadOriginPath(ref arguments, given);
        update.ReadCustomHeaders(ref arguments, given, request);
        update._connectionAttempts = arguments.Number(given, Parameters.ConnectionAttempts, "connectionAttempts", 1, 3);
        update.ReadOriginShield(ref arguments, given);
        update.ReadAccessControl(ref arguments, given);
        update.ReadTimeouts(ref arguments, given);
        update.ReadConnection(ref arguments, given);
        if (update._isS3 && !update._overrides.IsEmpty)
            update.RefuseOverrides(ref arguments);
        if (update._signing is not null && update._overrides.HostHeader is not null)
            arguments.Refuse("hostHeader", "cannot be set while origin access control is enabled",
                "Leave it out, or say originAccessControlConfig: { enabled: false }");
        return update;
    }

    /// <summary>
    /// The origin that results. What Brink does not enforce is refused by its name, and not in a test, where nothing is sent anywhere.
    /// </summary>
    public Origin? ApplyTo(Origin assigned, ref OriginArguments arguments)
    {
        Origin origin = _isS3 || (_domainName is null && assigned is S3Origin)
            ? AsBucket(assigned, ref arguments)
            : AsServer(assigned, ref arguments);
        return arguments.IsOver ? null : origin with { ShieldRegion = _shield.IsSet ? _shield.Region : assigned.ShieldRegion };
    }

    // Without a name, what is changed is the bucket that the behavior has. The scheme towards S3 follows the viewer; settings for servers
    // are ignored.
    private S3Origin AsBucket(Origin assigned, ref OriginArguments arguments)
    {
        if (!_overrides.IsEmpty)
            RefuseOverrides(ref arguments);
        if (_signing is { OriginType: not "s3" })
            arguments.Refuse("originAccessControlConfig.originType", $"must be s3 for an S3 bucket, and is {_signing.Value.OriginType}",
                "Say originType: 's3'");
        var origin = assigned as S3Origin
            ?? new S3Origin { Id = assigned.Id, DomainName = "", CustomHeaders = CustomHeadersOf(assigned), OriginPath = PathOf(assigned) };
        if (assigned is CustomOrigin server)
        {
            origin = origin with
            {
                ConnectionAttempts = server.ConnectionAttempts,
                ReadTimeout = server.ReadTimeout,
                ResponseCompletionTimeout = server.ResponseCompletionTimeout,
                ConnectionTimeout = server.ConnectionTimeout,
            };
        }
        origin = origin with
        {
            DomainName = _domainName ?? origin.DomainName,
            // With a name of its own the new bucket sees that name, whatever the policies forward (measured at AWS).
            SendsOwnHost = _domainName is not null || origin.SendsOwnHost,
            Region = _domainName is not null && BucketName.TryParse(_domainName, out var name) ? name.Region : origin.Region,
            OriginPath = _originPath ?? origin.OriginPath,
            CustomHeaders = _customHeaders ?? origin.CustomHeaders,
            ConnectionAttempts = _connectionAttempts ?? origin.ConnectionAttempts,
            ReadTimeout = Seconds(_readTimeout) ?? origin.ReadTimeout,
            ResponseCompletionTimeout = Seconds(_responseCompletionTimeout) ?? origin.ResponseCompletionTimeout,
            ConnectionTimeout = Seconds(_connectionTimeout) ?? origin.ConnectionTimeout,
        };
        if (_signing is { } signing)
            origin = origin with { AccessControl = new OriginAccessControl("", signing.Behavior), AuthMethod = S3AuthMethod.None };
        else if (_disablesAccessControl)
            origin = origin with { AccessControl = null, AuthMethod = S3AuthMethod.None };
        CheckTimes(origin.ReadTimeout, origin.ResponseCompletionTimeout, ref arguments);
        return origin;
    }

    private CustomOrigin AsServer(Origin assigned, ref OriginArguments arguments)
    {
        if (_signing is { } signing)
        {
            arguments.Refuse(
                signing.OriginType == "s3" ? "originAccessControlConfig" : "originAccessControlConfig.originType",
                signing.OriginType == "s3"
                    ? "signs requests to S3 buckets, and the origin is none"
                    : $"asks for signatures for {signing.OriginType}, which Brink does not have yet: it signs for S3 buckets",
                signing.OriginType == "s3"
                    ? "Name the bucket as domainName, like bucket.s3.us-east-2.amazonaws.com, or say enabled: false"
                    : "Say enabled: false, and let the origin accept unsigned requests of this edge");
        }
        // Measured at AWS: a Host of one's own and an inherited origin access control do not go together.
        if (!_disablesAccessControl && _overrides.HostHeader is not null && assigned is S3Origin { AccessControl: not null })
            arguments.Refuse("hostHeader", "cannot be set while the origin access control of the behavior's origin is inherited",
                "Say originAccessControlConfig: { enabled: false }");
        var origin = assigned as CustomOrigin;
        if (origin is null)
        {
            if (_domainName is null)
                arguments.Refuse(
                    "domainName", $"is missing, and the behavior's origin '{assigned.Id}' is a folder", "Name the server to ask");
            origin = new CustomOrigin { Id = assigned.Id, DomainName = _domainName
                ?? "", OriginPath = PathOf(assigned), CustomHeaders = CustomHeadersOf(assigned) };
        }
        if (assigned is S3Origin bucket)
        {
            origin = origin with
            {
                ConnectionAttempts = bucket.ConnectionAttempts,
                ReadTimeout = bucket.ReadTimeout,
                ResponseCompletionTimeout = bucket.ResponseCompletionTimeout,
                ConnectionTimeout = bucket.ConnectionTimeout,
            };
        }
        origin = _overrides.Over(origin with
        {
            DomainName = _domainName ?? origin.DomainName,
            // With a name of its own the new server sees that name, whatever the policies forward (measured at AWS).
            SendsOwnHost = _domainName is not null || origin.SendsOwnHost,
            OriginPath = _originPath ?? origin.OriginPath,
            CustomHeaders = _customHeaders ?? origin.CustomHeaders,
            ConnectionAttempts = _connectionAttempts ?? origin.ConnectionAttempts,
            ReadTimeout = Seconds(_readTimeout) ?? origin.ReadTimeout,
            ResponseCompletionTimeout = Seconds(_responseCompletionTimeout) ?? origin.ResponseCompletionTimeout,
            ConnectionTimeout = Seconds(_connectionTimeout) ?? origin.ConnectionTimeout,
            KeepaliveTimeout = Seconds(_keepAliveTimeout) ?? origin.KeepaliveTimeout,
            IpAddressType = _ipAddressType ?? origin.IpAddressType,
        });
        CheckTimes(origin.ReadTimeout, origin.ResponseCompletionTimeout, ref arguments);
        return _connection switch
        {
            (var port, true) => origin with { ProtocolPolicy = OriginProtocolPolicy.HttpsOnly, HttpsPort = port },
            (var port, false) => origin with { ProtocolPolicy = OriginProtocolPolicy.HttpOnly, HttpPort = port },
            null => origin,
        };
    }

    private void CheckTimes(TimeSpan readTimeout, TimeSpan? completionTimeout, ref OriginArguments arguments)
    {
        if (!(completionTimeout < readTimeout))
            return;
        arguments.Refuse(
            _responseCompletionTimeout is null ? "timeouts.readTimeout" : "timeouts.responseCompletionTimeout",
            $"leaves {completionTimeout.Value.TotalSeconds} s for the whole response and {readTimeout.TotalSeconds} s for each wait",
            "Make responseCompletionTimeout at least as long as readTimeout");
    }

    private void RefuseOverrides(ref OriginArguments arguments)
    {
        var name = _overrides.HostHeader is not null ? "hostHeader" : _overrides.Sni is not null ? "sni" : "allowedCertificateNames";
        arguments.Refuse(name, "is for origins that are not an S3 bucket", "Leave it out");
    }

    // A folder of development has neither: its path is one on this machine.
    private static string PathOf(Origin assigned) => assigned is DirectoryOrigin ? "" : assigned.OriginPath;

    private static ImmutableArray<HeaderField> CustomHeadersOf(Origin assigned) => assigned switch
    {
        CustomOrigin server => server.CustomHeaders,
        S3Origin bucket => bucket.CustomHeaders,
        _ => [],
    };

    private void ReadDomainName(ref OriginArguments arguments, ScriptValue given)
    {
        if (!arguments.TryGet(given, Parameters.DomainName, out var value) || arguments.HostName(value, "domainName") is not { } name)
            return;
        _domainName = name.ToLowerInvariant();
        _isS3 = BucketName.TryParse(_domainName, out _);
        if (_isS3 && name.Length > S3NameLength)
            arguments.Refuse("domainName", $"of an S3 bucket has at most {S3NameLength} characters", "Use the bucket's own name");
        else if (_isS3 && name != _domainName)
            arguments.Refuse("domainName", "of an S3 bucket must be in lower case", $"Write {_domainName}");
    }

    private void ReadOriginPath(ref OriginArguments arguments, ScriptValue given)
    {
        if (arguments.Text(given, Parameters.OriginPath, "originPath", OriginRules.PathLength) is not { } path)
            return;
        if (path.Length > 0 && (path[0] != '/' || path[^1] == '/'))
            arguments.Refuse("originPath", $"must begin with a slash and not end with one, and is '{path}'", "Write it like /folder");
        else if (!OriginRules.HasPathCharacters(path))
            arguments.Refuse("originPath", $"must be URL-encoded, and is '{path}'", "Pass it through encodeURI");
        _originPath = path;
    }

    private void ReadCustomHeaders(ref OriginArguments arguments, ScriptValue given, EdgeRequest request)
    {
        if (!arguments.TryGetObject(given, Parameters.CustomHeaders, "customHeaders", out var list))
            return;
        var headers = ImmutableArray.CreateBuilder<HeaderField>();
        var length = 0;
        using var properties = list.EnumerateOwn();
        while (!arguments.IsOver && properties.MoveNext())
        {
            if (headers.Count == Limits.OriginCustomHeaders)
            {
                arguments.Refuse("customHeaders", $"has more than {Limits.OriginCustomHeaders} headers", "Shorten it");
                return;
            }
            if (properties.NameSpan.Length > Limits.OriginCustomHeaderNameLength)
            {
                arguments.Refuse(
                    "customHeaders", $"has a name of more than {Limits.OriginCustomHeaderNameLength} characters", "Shorten it");
                return;
            }
            var name = properties.Name;
            if (ReadHeader(ref arguments, name, properties.Value, request) is not { } value)
                return;
            length += name.Length + value.Length;
            headers.Add(new HeaderField(HeaderRules.ToWire(name), WireText.Encode(value)));
        }
        if (properties.Threw)
            arguments.NoteThrow();
        if (length > Limits.OriginCustomHeadersLength)
            arguments.Refuse("customHeaders",
                $"has names and values of more than {Limits.OriginCustomHeadersLength:N0} characters together", "Shorten them");
        _customHeaders = headers.ToImmutable();
    }

    private static string? ReadHeader(ref OriginArguments arguments, string name, ScriptValue given, EdgeRequest request)
    {
        var path = $"customHeaders['{name}']";
        if (HeaderRules.HasCapitals(name))
            arguments.Refuse(path, "must have its name in lower case", $"Write '{name.ToLowerInvariant()}'");
        else if (!HeaderRules.IsLowerCaseToken(name))
            arguments.Refuse(path, "must have a name that is an HTTP token", "Use letters, digits and hyphens");
        else if (OriginRules.IsDeniedHeader(name) || (HeaderRules.For(name) & HeaderRule.Disallowed) != 0)
            arguments.Refuse(path, "is a header that may not be added to origin requests", "Leave it out");
        else if (request.Headers.Contains(name))
            arguments.Refuse(path, "is in the viewer's request already", "Change it in request.headers, or use another name");
        var value = arguments.Text(given, path, Limits.OriginCustomHeaderValueLength);
        if (value is not null && WireText.HasControls(value))
            arguments.Refuse(path, "must not have control characters", "Take them out");
        return arguments.IsOver ? null : value;
    }

    private void ReadOriginShield(ref OriginArguments arguments, ScriptValue given)
    {
        if (!arguments.TryGetObject(given, Parameters.OriginShield, "originShield", out var shield))
            return;
        var enabled = arguments.Flag(shield, Parameters.Enabled, "originShield.enabled");
        if (enabled is null)
            arguments.Refuse("originShield.enabled", "is required", "Say enabled: true or enabled: false");
        _shield = (enabled is not null, null);
        if (enabled != true)
            return;
        var region = arguments.Text(shield, Parameters.Region, "originShield.region", 64);
        _shield.Region = region;
        if (region is null)
            arguments.Refuse("originShield.region", "is required when Origin Shield is enabled", "Name a region such as us-east-2");
        else if (!OriginRules.LooksLikeRegion(region))
            arguments.Refuse("originShield.region", $"must be the code of a region, and is '{region}'", "Write it like us-east-2");
    }

    private void ReadAccessControl(ref OriginArguments arguments, ScriptValue given)
    {
        const string path = "originAccessControlConfig";
        if (!arguments.TryGetObject(given, Parameters.OriginAccessControlConfig, path, out var control))
            return;
        var enabled = arguments.Flag(control, Parameters.Enabled, path + ".enabled");
        if (enabled is null)
            arguments.Refuse(path + ".enabled", "is required", "Say enabled: true or enabled: false");
        _disablesAccessControl = enabled == false;
        if (enabled != true)
            return;
        // Anything beside these is ignored: AWS's own sample sends a region.
        var behavior = arguments.OneOf(
            control, Parameters.SigningBehavior, path + ".signingBehavior", [.. OriginAccessControl.SigningBehaviors]);
        if (behavior is null)
            arguments.Refuse(
                path + ".signingBehavior", "is required when origin access control is enabled", "Say always, never or no-override");
        if (arguments.OneOf(control, Parameters.SigningProtocol, path + ".signingProtocol", "sigv4") is null)
            arguments.Refuse(path + ".signingProtocol", "is required when origin access control is enabled", "Say sigv4");
        var type = arguments.OneOf(control, Parameters.OriginType, path + ".originType", "s3", "mediapackagev2", "mediastore", "lambda");
        if (type is null)
            arguments.Refuse(
                path + ".originType", "is required when origin access control is enabled", "Say s3, mediapackagev2, mediastore or lambda");
        if (OriginAccessControl.BehaviorOf(behavior) is { } signing && type is not null)
            _signing = (signing, type);
    }

    private void ReadTimeouts(ref OriginArguments arguments, ScriptValue given)
    {
        if (!arguments.TryGetObject(given, Parameters.Timeouts, "timeouts", out var timeouts))
            return;
        _readTimeout = arguments.Number(timeouts, Parameters.ReadTimeout, "timeouts.readTimeout", 1, 120);
        _responseCompletionTimeout = arguments.Number(
            timeouts, Parameters.ResponseCompletionTimeout, "timeouts.responseCompletionTimeout", 1, int.MaxValue);
        _keepAliveTimeout = arguments.Number(timeouts, Parameters.KeepAliveTimeout, "timeouts.keepAliveTimeout", 1, 120);
        _connectionTimeout = arguments.Number(timeouts, Parameters.ConnectionTimeout, "timeouts.connectionTimeout", 1, 10);
        if (_responseCompletionTimeout < _readTimeout)
        {
            arguments.Refuse(
                "timeouts.responseCompletionTimeout",
                $"must be at least readTimeout, and {_responseCompletionTimeout} is less than {_readTimeout}", "Make it longer");
        }
    }

    private void ReadConnection(ref OriginArguments arguments, ScriptValue given)
    {
        if (!arguments.TryGetObject(given, Parameters.CustomOriginConfig, "customOriginConfig", out var config))
            return;
        var port = arguments.Number(config, Parameters.Port, "customOriginConfig.port", 1, 65535);
        if (port is null)
            arguments.Refuse("customOriginConfig.port", "is required", "Add it: 80, 443 or 1024 to 65535");
        else if (!OriginRules.IsPort(port.Value))
            arguments.Refuse("customOriginConfig.port", $"must be 80, 443 or 1024 to 65535, not {port}", "Use one of these ports");
        var protocol = arguments.OneOf(config, Parameters.Protocol, "customOriginConfig.protocol", "http", "https");
        if (protocol is null)
            arguments.Refuse("customOriginConfig.protocol", "is required", "Say http or https");
        ReadSslProtocols(ref arguments, config, isHttps: protocol == "https");
        _ipAddressType =
            arguments.OneOf(config, Parameters.IpAddressType, "customOriginConfig.ipAddressType", "ipv4", "ipv6", "dualstack") switch
        {
            "ipv4" => OriginIpAddressType.IPv4,
            "ipv6" => OriginIpAddressType.IPv6,
            "dualstack" => OriginIpAddressType.DualStack,
            _ => null,
        };
        if (_ipAddressType is not null && _domainName is null)
            arguments.Refuse("customOriginConfig.ipAddressType", "can be changed only together with domainName",
                "Give domainName as well, or leave it out");
        _connection = (port ?? 0, protocol == "https");
    }

    private static void ReadSslProtocols(ref OriginArguments arguments, ScriptValue config, bool isHttps)
    {
        const string path = "customOriginConfig.sslProtocols";
        var allowed = string.Join(", ", OriginRules.SslProtocols);
        if (!arguments.TryGetArray(config, Parameters.SslProtocols, path, out var array))
        {
            arguments.Refuse(path, "is required", "Add it: ['TLSv1.2']");
            return;
        }
        if (array.ArrayLength is 0 or > 4)
            arguments.Refuse(path, "must have one to four protocols", $"List some of {allowed}");
        var hasTls12 = false;
        for (var i = 0; i < array.ArrayLength && !arguments.IsOver; i++)
        {
            var name = arguments.Text(arguments.ElementAt(array, i), $"{path}[{i}]", 16);
            if (name is not null && !OriginRules.SslProtocols.Contains(name))
                arguments.Refuse($"{path}[{i}]", $"must be one of {allowed}, not '{name}'", "Use one of them");
            hasTls12 |= name == "TLSv1.2";
        }
        if (isHttps && !hasTls12)
            arguments.Refuse(path, "has no TLSv1.2, and Brink does not speak older protocols", "Add TLSv1.2");
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } given ? TimeSpan.FromSeconds(given) : null;
}
