using System.Collections.Immutable;

namespace Brink.Resources;

/// <summary>Public keys of which any may have signed (distribution spec 2.12).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Name">Its name, for messages.</param>
/// <param name="PublicKeyIds">The ids of its keys, five at most.</param>
public sealed record KeyGroup(string Id, string Name, ImmutableArray<string> PublicKeyIds);
