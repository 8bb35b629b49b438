// Awaiting a thenable that never answers; ends: throws Error
async function handler(event) {
    await { then() {} }
}
