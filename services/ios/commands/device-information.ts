import type { Command } from './index.ts'

/** Only what was asked for is answered; what is not known is left out. */
export const deviceInformation: Command = ({ Queries }, { memory }) => {
  const { udid, serialNumber } = memory.now
  const known = {
    UDID: udid,
    SerialNumber: serialNumber,
    DeviceName: 'ksc-lab iPhone',
    ProductName: 'iPhone17,1',
    Model: 'MYM93LL/A',
    ModelName: 'iPhone',
    OSVersion: '18.2',
    BuildVersion: '22C152',
    BatteryLevel: 0.87,
    DeviceCapacity: 128,
    AvailableDeviceCapacity: 64.5,
    IsSupervised: false,
  }
  const queries = Array.isArray(Queries) ? Queries : Object.keys(known)
  return { QueryResponses: Object.fromEntries(Object.entries(known).filter(([key]) => queries.includes(key))) }
}
