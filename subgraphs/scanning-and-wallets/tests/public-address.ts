/** A public address of nobody in particular: names of these tests resolve to it unless a test says otherwise. */
export const publicAddress = '93.184.215.14';
