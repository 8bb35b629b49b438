// The constructor of an async function; ends: throws
function handler(event) {
    return (async () => 1).constructor('return 1')()
}
