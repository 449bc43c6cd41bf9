/** The workspace and the one app that is installed in it. */
export interface Identity {
  readonly teamId: string;
  readonly teamDomain: string;
  readonly appId: string;
  readonly appName: string;
  readonly botId: string;
  /** The app as a user. */
  readonly botUserId: string;
  /** The old verification token that interactions still carry. */
  readonly verificationToken: string;
}

export function identityOf(teamId: string, appName: string): Identity {
  return {
    teamId,
    teamDomain: 'simulator',
    appId: 'A0SIM',
    appName,
    botId: 'B0SIM',
    botUserId: 'U0SIMBOT',
    verificationToken: 'simulated',
  };
}
