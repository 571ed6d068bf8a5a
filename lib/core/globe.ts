/** Distances between places. Does not load the engine. */

/** Latitude and longitude, degrees. */
export type Place = readonly [latitude: number, longitude: number];

/** Angle between two places on the globe, radians: the nearer, the smaller. */
export function angle([lat1, lon1]: Place, [lat2, lon2]: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180;
  const [a, b, turn] = [radians(lat1), radians(lat2), radians(lon1 - lon2)] as const;
  return Math.acos(Math.min(1, Math.sin(a) * Math.sin(b) + Math.cos(a) * Math.cos(b) * Math.cos(turn)));
}
