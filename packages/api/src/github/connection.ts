/** What a GitHub App's calls are known by. */
export interface GitHubConnection {
  /** Webhook secrets of the App, any of which may have signed; at least one. */
  readonly secrets: readonly string[];
  /** Whose requests they become; `default` unless said. */
  readonly tenant?: string | undefined;
  /**
   * Accounts whose repositories may ask, in any case of letters; all of them when absent. An App that is public can be
   * installed by anybody.
   */
  readonly owners?: readonly string[] | undefined;
}
