using System.Collections.Immutable;
using Brink.Configuration;
using Brink.Events;

namespace Brink.Distributions;

/// <summary>The Lambda@Edge functions of a behavior (lambda-edge spec 3.5). Refusals use CloudFront's words where they are known.</summary>
internal static class LambdaAssociationReader
{
    public static ImmutableArray<LambdaFunctionAssociation> Read(ConfigObject behavior, ImmutableArray<FunctionAssociation> functions)
    {
        if (behavior.Object("LambdaFunctionAssociations") is not { } list)
            return [];
        var associations = ImmutableArray.CreateBuilder<LambdaFunctionAssociation>();
        foreach (var each in list.Objects())
        {
            var arn = each.Text("LambdaFunctionARN", required: true) ?? "";
            if (arn.Length > 0 && Problem(arn) is var (problem, fix))
                each.Mistake("LambdaFunctionARN", problem, fix);
            var name = each.OneOf("EventType", required: true, "viewer-request", "viewer-response", "origin-request", "origin-response");
            var includesBody = each.Flag("IncludeBody") ?? false;
            if (EventTypeNames.TryParse(name, out var type))
            {
                if (includesBody && type is (EventType.ViewerResponse or EventType.OriginResponse))
                    each.Mistake(
                        "IncludeBody", $"{name} has no body of a request", "Set it to false, or use viewer-request or origin-request");
                if (associations.Any(other => other.EventType == type))
                    each.Mistake("EventType", $"two Lambda functions run on {name}", "Leave one of them");
                if (!functions.IsEmpty && type is (EventType.ViewerRequest or EventType.ViewerResponse))
                {
                    each.Mistake(
                        "EventType",
                        $"a Lambda function cannot run on {name} where a CloudFront function runs on "
                        + $"{functions[0].EventType.ToName()}: the viewer events of a behavior have functions of one kind",
                        "Move one of them, or use origin-request or origin-response");
                }
                associations.Add(new LambdaFunctionAssociation(arn, type, includesBody));
            }
            each.Close();
        }
        list.Close();
        return associations.ToImmutable();
    }

    private static (string Problem, string Fix)? Problem(string arn)
    {
        const string fix = "Write arn:aws:lambda:us-east-1:<12 digits>:function:<name>:<version number>";
        var parts = arn.Split(':');
        if (parts is not ["arn", "aws", "lambda", _, var account, "function", var name, ..] || parts.Length > 8
            || account.Length != 12 || !account.All(char.IsAsciiDigit)
            || name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            return ($"'{arn}' is not the ARN of a Lambda function", fix);
        if (parts[3] != "us-east-1")
            return ($"The function must be in region 'us-east-1'. ARN: {arn}", fix);
        // Not $LATEST, and no alias: the code behind an ARN at the edge never changes.
        if (parts.Length != 8 || parts[7].Length is 0 or > 9 || parts[7][0] == '0' || !parts[7].All(char.IsAsciiDigit))
        {
            return (
                $"The function ARN must reference a specific function version. (The ARN must end with the version number.) ARN: {arn}",
                fix);
        }
        return null;
    }
}
